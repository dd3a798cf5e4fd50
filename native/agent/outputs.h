// What the network said, as a file and as the event `output`.
#pragma once

#include <string>
#include <vector>

#include "events.h"
#include "executor.h"

namespace cortado {

// One file for each of the network's outputs: the paths as they are, or, with one path and several outputs,
// PATH with .1, .2 … before its .npy. No path, no files. Throws a Refusal (usage) where the counts do not
// fit.
std::vector<std::string> output_paths(const std::vector<std::string>& given, std::size_t outputs);

// Writes the files, if any, and says `output` for each. `input` is the index of the input that was run.
void say_outputs(const Network& network, const Executor& executor, std::size_t input,
                 const std::vector<std::string>& paths, Events& events);

}  // namespace cortado
