# Builds the accelerator's bitstream for one board:
#
#   vivado -mode batch -source build.tcl -tclargs BOARD [-output FOLDER] [-clock MHZ] [-fingerprint HEX] [-jobs N]
#
# BOARD is pynq-z1, pynq-z2, zedboard, zybo-z7-10 or zybo-z7-20. The folder (build/vivado/BOARD) receives cortado-BOARD.bit and
# .bin, utilisation.rpt, timing.rpt and the project. Lines "CORTADO_STEP n of m: what" tell how far it is. A design that misses
# its clock gives no bitstream.

set here [file dirname [file normalize [info script]]]
source [file join $here boards.tcl]
source [file join $here block-design.tcl]

namespace eval cortado {
  variable steps {
    "sources" "block design" "synthesis" "optimisation" "placement" "routing" "reports" "bitstream"
  }

  proc step {name} {
    variable steps
    puts "CORTADO_STEP [expr {[lsearch -exact $steps $name] + 1}] of [llength $steps]: $name"
    flush stdout
  }

  proc fail {message} {
    puts stderr "CORTADO_ERROR $message"
    exit 1
  }

  proc parse_arguments {arguments} {
    variable boards
    set board [lindex $arguments 0]
    if {![dict exists $boards $board]} { fail "there is no board \"$board\": it is [join [dict keys $boards] {, }]" }
    set options [dict create -output [file join build vivado $board] -clock 100 -fingerprint "" -jobs 2]
    foreach {name value} [lrange $arguments 1 end] {
      if {![dict exists $options $name] || $value eq ""} { fail "what is \"$name $value\"?" }
      dict set options $name $value
    }
    return [list $board $options]
  }

  # Eight hexadecimal digits that name the sources and the device.
  proc fingerprint {rtl device given} {
    set text [expr {$given ne "" ? $given : [exec sh [file join $rtl fingerprint.sh] $device]}]
    if {![regexp {^[0-9a-f]{8}$} $text]} { fail "\"$text\" is no fingerprint" }
    return $text
  }

  proc add_sources {here rtl} {
    set list [open [file join $rtl files.f]]
    set names [split [string trim [read $list]] "\n"]
    close $list
    set files {}
    foreach name $names { lappend files [file join $rtl $name] }
    add_files -norecurse $files
    set_property file_type SystemVerilog [get_files *.sv]
    add_files -norecurse [file join $here cortado_block.v]
    add_files -fileset constrs_1 -norecurse [file join $here timing.xdc]
    set_property used_in_synthesis false [get_files timing.xdc]
    # The primitive behind dsp_slice.sv.
    set_property verilog_define {CORTADO_DSP48E1} [get_filesets sources_1]
    update_compile_order -fileset sources_1
  }

  # Nanoseconds to spare on the worst path, negative where it misses.
  proc worst_slack {kind} {
    return [get_property SLACK [get_timing_paths -delay_type $kind -max_paths 1]]
  }

  proc build {here arguments} {
    variable boards
    variable parameters
    lassign [parse_arguments $arguments] name options
    set board [dict get $boards $name]
    set device [dict get $board device]
    set rtl [file normalize [file join $here .. rtl]]
    set output [file normalize [dict get $options -output]]
    set fingerprint [fingerprint $rtl $device [dict get $options -fingerprint]]
    file mkdir $output
    set_param general.maxThreads [dict get $options -jobs]

    step "sources"
    create_project -force cortado-$name [file join $output project] -part [dict get $board part]
    add_sources $here $rtl

    step "block design"
    create_design $board [dict get $parameters $device] [dict get $options -clock] $fingerprint
    set design [get_files cortado.bd]
    # In one piece with the rest, so that the define above holds for the accelerator.
    set_property synth_checkpoint_mode None $design
    generate_target all $design
    add_files -norecurse [make_wrapper -files $design -top]
    set_property top cortado_wrapper [get_filesets sources_1]
    update_compile_order -fileset sources_1

    step "synthesis"
    synth_design -top cortado_wrapper -part [dict get $board part] -flatten_hierarchy rebuilt
    step "optimisation"
    opt_design
    step "placement"
    place_design
    phys_opt_design
    step "routing"
    route_design
    phys_opt_design

    step "reports"
    report_utilization -file [file join $output utilisation.rpt]
    report_timing_summary -max_paths 10 -file [file join $output timing.rpt]
    foreach {kind what} {max setup min hold} {
      set slack [worst_slack $kind]
      if {$slack < 0} {
        fail "the design misses its clock of [dict get $options -clock] MHz: $what slack $slack ns (timing.rpt); build it for a slower one (-clock)"
      }
    }

    step "bitstream"
    # The header's UserID tells the agent which sources these are before it loads anything.
    set_property BITSTREAM.CONFIG.USERID 0x$fingerprint [current_design]
    set_property BITSTREAM.CONFIG.USR_ACCESS 0x$fingerprint [current_design]
    write_bitstream -force -bin_file [file join $output cortado-$name.bit]
    puts "CORTADO_DONE [file join $output cortado-$name.bit]"
  }
}

cortado::build $here $argv
