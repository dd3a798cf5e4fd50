#include "outputs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "layout.h"
#include "npy.h"
#include "refusal.h"

namespace cortado {
namespace {

constexpr std::size_t kTop = 5;

// In Caffe's order, int8 as the float values that they stand for.
std::vector<float> values_of(const Network& network, const Executor& executor, BlobIndex index) {
  const BlobMemory memory = executor.memory(index);
  if (memory.type == ElementType::kFloat32) return in_caffe_order(memory.as<float>());
  std::vector<float> values;
  const float scale = network.blobs[index].scale;
  for_each_in_caffe_order(memory.as<std::int8_t>(),
                          [&](std::int8_t value) { values.push_back(static_cast<float>(value) / scale); });
  return values;
}

// The largest values of an output that is one vector; empty for others.
Json top_of(const Network& network, const Blob& blob, const std::vector<float>& values) {
  const auto longest = static_cast<std::size_t>(*std::max_element(blob.shape.begin(), blob.shape.end()));
  JsonArray top;
  if (longest != values.size()) return top.done();
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) order.push_back(i);
  }
  const std::size_t count = std::min(kTop, order.size());
  std::partial_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
      [&](std::size_t a, std::size_t b) { return values[a] != values[b] ? values[a] > values[b] : a < b; });
  const bool labelled = network.labels.size() == values.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = order[i];
    JsonObject entry;
    entry.add("index", at).add("value", values[at]);
    if (labelled) {
      entry.add("label", network.labels[at]);
    } else {
      entry.add("label", std::nullopt);
    }
    top.add(entry.done());
  }
  return top.done();
}

}  // namespace

std::vector<std::string> output_paths(const std::vector<std::string>& given, std::size_t outputs) {
  if (given.empty() || given.size() == outputs) return given;
  if (given.size() != 1) {
    throw Refusal{"usage",
                  "The network has " + std::to_string(outputs) + " outputs, " + std::to_string(given.size()) +
                      " files are named for them.",
                  "Give --output once, or once for each output."};
  }
  const std::string& path = given[0];
  const bool npy = path.size() >= 4 && path.compare(path.size() - 4, 4, ".npy") == 0;
  const std::string stem = npy ? path.substr(0, path.size() - 4) : path;
  std::vector<std::string> paths;
  for (std::size_t i = 1; i <= outputs; ++i)
    paths.push_back(stem + "." + std::to_string(i) + (npy ? ".npy" : ""));
  return paths;
}

void say_outputs(const Network& network, const Executor& executor, std::size_t input,
                 const std::vector<std::string>& paths, Events& events) {
  for (std::size_t i = 0; i < network.outputs.size(); ++i) {
    const Blob& blob = network.blobs[network.outputs[i]];
    const std::vector<float> values = values_of(network, executor, network.outputs[i]);
    if (!paths.empty()) write_npy(paths[i], blob.shape, values);
    JsonObject object = event("output");
    object.add("input", input).add("name", blob.name).add("shape", json_array(blob.shape));
    if (paths.empty()) {
      object.add("file", std::nullopt);
    } else {
      object.add("file", paths[i]);
    }
    events.emit(object.add("top", top_of(network, blob, values)));
  }
}

}  // namespace cortado
