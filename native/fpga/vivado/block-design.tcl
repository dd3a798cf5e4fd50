# The block design: processing system, accelerator, and the wires between them.

namespace eval cortado {
  # The newest release of an IP that this Vivado has.
  proc ip {name} {
    set found [get_ipdefs -all -filter "VLNV =~ xilinx.com:ip:$name:*"]
    if {[llength $found] == 0} { error "this Vivado has no IP $name" }
    return [lindex [lsort -dictionary $found] end]
  }

  proc create_processing_system {board clock_mhz} {
    lassign [dict get $board ddr] width ddr_mhz chip
    lassign [dict get $board uart] uart pins
    set cell [create_bd_cell -type ip -vlnv [ip processing_system7] ps7]
    apply_bd_automation -rule xilinx.com:bd_rule:processing_system7 \
      -config {make_external "FIXED_IO, DDR" Master Disable Slave Disable} $cell
    set_property -dict [list \
      CONFIG.PCW_CRYSTAL_PERIPHERAL_FREQMHZ [dict get $board crystal] \
      CONFIG.PCW_UIPARAM_DDR_BUS_WIDTH $width \
      CONFIG.PCW_UIPARAM_DDR_FREQ_MHZ $ddr_mhz \
      CONFIG.PCW_UIPARAM_DDR_PARTNO $chip \
      CONFIG.PCW_UART${uart}_PERIPHERAL_ENABLE 1 \
      CONFIG.PCW_UART${uart}_UART${uart}_IO $pins \
      CONFIG.PCW_EN_CLK0_PORT 1 \
      CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ $clock_mhz \
      CONFIG.PCW_EN_RST0_PORT 1 \
      CONFIG.PCW_USE_M_AXI_GP0 1 \
      CONFIG.PCW_USE_FABRIC_INTERRUPT 1 \
      CONFIG.PCW_IRQ_F2P_INTR 1] $cell
    for {set port 0} {$port < 4} {incr port} {
      set_property -dict [list CONFIG.PCW_USE_S_AXI_HP$port 1 CONFIG.PCW_S_AXI_HP${port}_DATA_WIDTH 64] $cell
    }
    return $cell
  }

  proc create_accelerator {parameters fingerprint} {
    set cell [create_bd_cell -type module -reference cortado_block accelerator]
    dict for {name value} $parameters { set_property CONFIG.$name $value $cell }
    set_property CONFIG.Fingerprint 0x$fingerprint $cell
    return $cell
  }

  proc create_design {board parameters clock_mhz fingerprint} {
    create_bd_design cortado
    create_processing_system $board $clock_mhz
    create_accelerator $parameters $fingerprint
    create_bd_cell -type ip -vlnv [ip proc_sys_reset] reset
    # GP0 speaks AXI3, the registers AXI4-Lite.
    create_bd_cell -type ip -vlnv [ip axi_protocol_converter] registers

    foreach pin {ps7/M_AXI_GP0_ACLK ps7/S_AXI_HP0_ACLK ps7/S_AXI_HP1_ACLK ps7/S_AXI_HP2_ACLK ps7/S_AXI_HP3_ACLK
                 accelerator/aclk registers/aclk reset/slowest_sync_clk} {
      connect_bd_net [get_bd_pins ps7/FCLK_CLK0] [get_bd_pins $pin]
    }
    connect_bd_net [get_bd_pins ps7/FCLK_RESET0_N] [get_bd_pins reset/ext_reset_in]
    foreach pin {accelerator/aresetn registers/aresetn} {
      connect_bd_net [get_bd_pins reset/peripheral_aresetn] [get_bd_pins $pin]
    }
    connect_bd_intf_net [get_bd_intf_pins ps7/M_AXI_GP0] [get_bd_intf_pins registers/S_AXI]
    connect_bd_intf_net [get_bd_intf_pins registers/M_AXI] [get_bd_intf_pins accelerator/s_axi_ctl]
    for {set port 0} {$port < 4} {incr port} {
      connect_bd_intf_net [get_bd_intf_pins accelerator/m_axi_hp$port] [get_bd_intf_pins ps7/S_AXI_HP$port]
    }
    connect_bd_net [get_bd_pins accelerator/irq] [get_bd_pins ps7/IRQ_F2P]

    assign_bd_address -offset 0x40000000 -range 64K \
      -target_address_space [get_bd_addr_spaces ps7/Data] [get_bd_addr_segs accelerator/s_axi_ctl/reg0]
    # The ports see all of the memory, by its physical addresses.
    for {set port 0} {$port < 4} {incr port} {
      assign_bd_address -target_address_space [get_bd_addr_spaces accelerator/m_axi_hp$port] \
        [get_bd_addr_segs ps7/S_AXI_HP$port/HP${port}_DDR_LOWOCM]
    }
    validate_bd_design
    save_bd_design
  }
}
