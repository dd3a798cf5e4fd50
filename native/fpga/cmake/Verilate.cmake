# cortado_verilate(target top prefix sources... [ARGS verilator arguments...]): adds the C++ model of a module to a target.
function(cortado_verilate target top prefix)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "ARGS")
  verilate(${target}
    SOURCES ${arg_UNPARSED_ARGUMENTS}
    TOP_MODULE ${top}
    PREFIX ${prefix}
    DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${target}_model
    OPT_FAST -O2
    OPT_SLOW -O1
    VERILATOR_ARGS -Wall -O3 --x-assign fast --x-initial fast --noassert ${arg_ARGS})
  set_property(TARGET ${target} PROPERTY POSITION_INDEPENDENT_CODE ON)
endfunction()
