// What is thrown where the engine cannot go on: a damaged package, too little memory, an input of the wrong
// shape.
#pragma once

#include <string>
#include <utility>

namespace cortado {

struct Refusal {
  std::string code;     // of docs/agent-protocol.md: package.damaged
  std::string message;  // one plain sentence
  std::string advice;   // what to do next
};

// The package is not what the builder wrote: cut off, changed on the way, or made by a defective builder.
[[noreturn]] inline void refuse_damaged(std::string message) {
  throw Refusal{"package.damaged", std::move(message),
                "Build the package again and copy it to the board again."};
}

// The package is well-formed, but asks for what this agent cannot do.
[[noreturn]] inline void refuse_unsupported(std::string message) {
  throw Refusal{"package.unsupported", std::move(message),
                "Use the agent of the Cortado release that built the package."};
}

[[noreturn]] inline void refuse_memory(std::string message) {
  throw Refusal{"package.memory", std::move(message),
                "Free memory on the board, or use a smaller network or a board with more memory."};
}

}  // namespace cortado
