# Flags of everything that is ours, as the interface target cortado_options.
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
find_package(Threads REQUIRED)

add_library(cortado_options INTERFACE)
target_compile_options(
  cortado_options
  INTERFACE -Wall
            -Wextra
            -Wconversion
            -Wshadow
            -Wnon-virtual-dtor
            -Werror
            # One arithmetic: a product and a sum are rounded one after the other on every processor.
            -ffp-contract=off
            -ffunction-sections
            -fdata-sections)
# Files beyond 2 GiB, and inode numbers beyond 32 bits, exist on 32-bit boards too.
target_compile_definitions(cortado_options INTERFACE _FILE_OFFSET_BITS=64)
target_link_libraries(cortado_options INTERFACE Threads::Threads)

if(CORTADO_SANITIZE)
  # Asserts stay on in this build, and a finding ends the program.
  # Of debug information lines alone, for a finding's trace: all of it takes half as long again to compile.
  set(CMAKE_CXX_FLAGS_RELEASE "-O1 -g1")
  target_compile_options(cortado_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                                                   -fno-omit-frame-pointer)
  target_link_options(cortado_options INTERFACE -fsanitize=address,undefined)
else()
  target_link_options(cortado_options INTERFACE -Wl,--gc-sections)
endif()

# A program for a board needs nothing of the board's own libraries, and runs under an emulator without a sysroot.
if(CMAKE_CROSSCOMPILING)
  target_link_options(cortado_options INTERFACE -static)
endif()
