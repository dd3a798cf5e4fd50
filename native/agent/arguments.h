#pragma once

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
  int warmup = 5;
  int iterations = 50;
  std::vector<std::string> inputs, outputs;
  std::string input_list;
  bool profile = false;
};

// Throws a Refusal with the code `usage` for a wrong call.
Arguments parse_arguments(const std::vector<std::string>& words);

}  // namespace cortado
