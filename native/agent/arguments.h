#pragma once

#include <optional>
#include <string>
#include <vector>

#include "prepared_operation.h"

namespace cortado {

enum class Command { kVersion, kProbe, kVerify, kRun };

struct Arguments {
  Command command = Command::kVersion;
  std::string package;
  Backend backend = Backend::kAuto;
  int threads = 0;  // 0: one for each processor
  // Where they are not given: 5 and 50; on a simulated accelerator, which takes the same cycles each time, 0
  // and 1.
  std::optional<int> warmup, iterations;
  std::vector<std::string> inputs, outputs;
  std::string input_list;
  bool profile = false;
  std::string bitstream;  // .bit file for the accelerator; empty: none
};

// Throws a Refusal with the code `usage` for a wrong call.
Arguments parse_arguments(const std::vector<std::string>& words);

}  // namespace cortado
