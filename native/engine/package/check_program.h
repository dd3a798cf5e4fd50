// Whether a program for the accelerator keeps to its memory. Nothing stands between the accelerator's ports
// and the board's memory, so a program that nobody vouches for is read before it is run.
#pragma once

#include <cstdint>

#include "span.h"

namespace cortado {

// Bytes behind the base registers 0, 1 and 2.
struct ProgramMemory {
  std::uint64_t blobs, constants, stamps;
};

// Null where every instruction is known, each load lies in blobs or constants, each store in blobs and each
// stamp in stamps, and the last instruction is the only end; else what is wrong, in words that follow "a
// program of the accelerator". The buffers on chip need no check here: the accelerator stops with an error
// where a program leaves them.
const char* fault_of_program(Span<std::uint8_t> program, const ProgramMemory& memory);

}  // namespace cortado
