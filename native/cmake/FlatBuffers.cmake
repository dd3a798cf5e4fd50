# The package's schema becomes a header at build time. Compiler and runtime are of one release; the TypeScript side is
# pinned to the one that matches it.
set(CORTADO_FLATBUFFERS_VERSION 2.0.8)

find_program(FLATC flatc REQUIRED)
execute_process(COMMAND ${FLATC} --version OUTPUT_VARIABLE flatc_version OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT flatc_version STREQUAL "flatc version ${CORTADO_FLATBUFFERS_VERSION}")
  message(FATAL_ERROR "flatc ${CORTADO_FLATBUFFERS_VERSION} is needed (Debian: flatbuffers-compiler), found: ${flatc_version}")
endif()

# The headers are independent of the processor, but a cross compiler must not see the rest of the host's include folder:
# a folder of their own holds a link to them.
find_path(FLATBUFFERS_INCLUDE_DIR flatbuffers/flatbuffers.h PATHS /usr/include /usr/local/include NO_CMAKE_FIND_ROOT_PATH
                                                                                                   REQUIRED)
file(STRINGS ${FLATBUFFERS_INCLUDE_DIR}/flatbuffers/base.h version_lines REGEX "#define FLATBUFFERS_VERSION_(MAJOR|MINOR|REVISION)")
string(REGEX REPLACE "[^0-9]+" "." header_version "${version_lines}")
if(NOT header_version MATCHES "\\.?2\\.0\\.8\\.?")
  message(FATAL_ERROR "FlatBuffers ${CORTADO_FLATBUFFERS_VERSION} headers are needed (Debian: libflatbuffers-dev), found${header_version}")
endif()
set(isolated_include ${CMAKE_BINARY_DIR}/flatbuffers)
file(MAKE_DIRECTORY ${isolated_include})
file(CREATE_LINK ${FLATBUFFERS_INCLUDE_DIR}/flatbuffers ${isolated_include}/flatbuffers SYMBOLIC)

set(schema ${CMAKE_CURRENT_SOURCE_DIR}/engine/schema/package.fbs)
set(generated ${CMAKE_BINARY_DIR}/generated/package_generated.h)
add_custom_command(
  OUTPUT ${generated}
  COMMAND ${FLATC} --cpp --scoped-enums -o ${CMAKE_BINARY_DIR}/generated ${schema}
  DEPENDS ${schema}
  VERBATIM)
add_custom_target(cortado_generate DEPENDS ${generated})
add_library(cortado_schema INTERFACE)
add_dependencies(cortado_schema cortado_generate)
target_include_directories(cortado_schema SYSTEM INTERFACE ${isolated_include} ${CMAKE_BINARY_DIR}/generated)
