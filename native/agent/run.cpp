#include "run.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "input.h"
#include "measure.h"
#include "npy.h"
#include "outputs.h"
#include "refusal.h"
#include "text_file.h"

namespace cortado {
namespace {

constexpr int kUsualWarmup = 5;
constexpr int kUsualIterations = 50;

void write_input(const Network& network, BlobIndex index, const std::string& path, const BlobMemory& memory) {
  const NpyArray array = read_npy(path, network.blobs[index].shape);
  if (array.type == NpyType::kFloat32) {
    write_floats(network, index, array.bytes.data(), memory);
    return;
  }
  if (!takes_pixels(network, index)) {
    throw Refusal{"input.shape", "The package's preprocessing does not take pixels for this input.",
                  "Give the input as float32."};
  }
  write_pixels(network, index, array.bytes.data(), memory);
}

// The inputs that were named, or the first golden one.
void write_inputs(Session& session, const std::vector<std::string>& paths) {
  const Network& network = session.network();
  if (paths.empty()) {
    for (const GoldenBlob& input : network.goldens[0].inputs) {
      write_golden(network, input, session.executor().memory(input.blob));
    }
    return;
  }
  if (paths.size() != network.inputs.size()) {
    throw Refusal{"usage",
                  "The network has " + std::to_string(network.inputs.size()) + " inputs, " +
                      std::to_string(paths.size()) + " files are named for them.",
                  "Give --input once for each input of the network."};
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    write_input(network, network.inputs[i], paths[i], session.executor().memory(network.inputs[i]));
  }
}

struct ListEntry {
  std::string input, output;
};

// Lines INPUT.npy OUTPUT.npy; a name may hold blanks, since the first one ends with .npy.
std::vector<ListEntry> read_list(const std::string& path) {
  const std::string text = read_text_file(path);
  std::vector<ListEntry> entries;
  for (const std::string& line : split(text, '\n')) {
    if (words_of(line).empty()) continue;
    std::size_t end = line.find(".npy ");
    if (end == std::string::npos) end = line.find(".npy\t");
    if (end == std::string::npos || end + 5 >= line.size()) {
      throw Refusal{"input.unreadable",
                    "A line of " + path + " does not name an input and an output: " + line,
                    "Write one INPUT.npy OUTPUT.npy a line."};
    }
    entries.push_back({line.substr(0, end + 4), line.substr(end + 5)});
  }
  if (entries.empty()) {
    throw Refusal{"input.unreadable", "The list " + path + " cannot be read or names no input.",
                  "Check the path of the list."};
  }
  return entries;
}

void evaluate(Session& session, const std::string& list, Events& events) {
  events.set_stage("evaluating");
  const std::vector<ListEntry> entries = read_list(list);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    write_inputs(session, {entries[i].input});
    session.executor().run();
    say_outputs(session.network(), session.executor(), i,
                output_paths({entries[i].output}, session.network().outputs.size()), events);
  }
}

}  // namespace

Measurement run_session(Session& session, const Arguments& arguments, Events& events) {
  if (!arguments.input_list.empty()) {
    evaluate(session, arguments.input_list, events);
    return {};
  }
  const std::vector<std::string> paths = output_paths(arguments.outputs, session.network().outputs.size());
  write_inputs(session, arguments.inputs);
  const Measured measured = session.measured();
  const int warmup = arguments.warmup.value_or(measured.simulated() ? 0 : kUsualWarmup);
  const int iterations = arguments.iterations.value_or(measured.simulated() ? 1 : kUsualIterations);
  Measurement measurement = measure_latencies(measured, warmup, iterations, events);
  if (arguments.profile) profile_layers(measured, iterations, measurement, events);
  // Whatever was measured, the outputs are of a run with this input.
  if (iterations == 0 && !arguments.profile) session.executor().run();
  say_outputs(session.network(), session.executor(), 0, paths, events);
  return measurement;
}

}  // namespace cortado
