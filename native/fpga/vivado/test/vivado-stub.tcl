# Stands for Vivado: every command that Tcl does not know is recorded, one a line, and answered as Vivado might. Usage:
#
#   tclsh vivado-stub.tcl RECORD SLACK build.tcl ARGUMENTS…
#
# SLACK is that of all timing paths. Files that Vivado writes are written, empty.

set argv0 [lindex $argv 2]
set record [open [lindex $argv 0] w]
set slack [lindex $argv 1]
set argv [lrange $argv 3 end]

rename unknown tcl_unknown
proc unknown {name args} {
  puts $::record [list $name {*}$args]
  flush $::record
  switch -- $name {
    get_ipdefs {
      regexp {ip:(\w+):} $args -> ip
      return [list xilinx.com:ip:$ip:5.0 xilinx.com:ip:$ip:5.10 xilinx.com:ip:$ip:5.5]
    }
    get_property { return $::slack }
    report_utilization - report_timing_summary - write_bitstream {
      close [open [lindex $args [expr {$name eq "write_bitstream" ? "end" : [lsearch -exact $args -file] + 1}]] w]
    }
    make_wrapper { return cortado_wrapper.v }
    get_files - get_filesets - get_bd_cells - get_bd_pins - get_bd_intf_pins - get_bd_addr_spaces - get_bd_addr_segs -
    create_bd_cell - get_clocks - current_design - get_timing_paths { return "$name:[lindex $args end]" }
  }
  return ""
}

source $argv0
