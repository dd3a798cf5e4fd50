# GoogleTest from its sources (Debian: libgtest-dev), so that every preset builds it with its own compiler.
set(GOOGLETEST_SOURCE /usr/src/googletest/googletest CACHE PATH "Sources of GoogleTest")
if(NOT EXISTS ${GOOGLETEST_SOURCE}/CMakeLists.txt)
  message(FATAL_ERROR "GoogleTest's sources are needed in ${GOOGLETEST_SOURCE} (Debian: libgtest-dev), or set CORTADO_TESTS=OFF")
endif()
set(GOOGLETEST_VERSION 1.12.1)
add_subdirectory(${GOOGLETEST_SOURCE} ${CMAKE_BINARY_DIR}/googletest EXCLUDE_FROM_ALL)

# cortado_add_test(NAME sources... [ONE_CPU] [LIBRARIES targets...]): a test program, run once on the host or, in a cross
# build, under the emulator once for each core of CORTADO_TEST_CPUS; with ONE_CPU for the first of them alone: where which
# kernel runs changes nothing.
function(cortado_add_test name)
  cmake_parse_arguments(TEST "ONE_CPU" "" "LIBRARIES" ${ARGN})
  add_executable(${name} ${TEST_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${TEST_LIBRARIES} cortado_options gtest gtest_main)
  if(NOT CMAKE_CROSSCOMPILING)
    add_test(NAME ${name} COMMAND ${name})
  elseif(CMAKE_CROSSCOMPILING_EMULATOR)
    set(cpus ${CORTADO_TEST_CPUS})
    if(TEST_ONE_CPU)
      list(GET cpus 0 cpus)
    endif()
    foreach(cpu IN LISTS cpus)
      add_test(NAME ${name}.${cpu} COMMAND ${name})
      set_tests_properties(${name}.${cpu} PROPERTIES ENVIRONMENT QEMU_CPU=${cpu})
    endforeach()
  endif()
endfunction()
