#include "measure.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "monotonic_clock.h"
#include "system/conditions.h"

namespace cortado {
namespace {

constexpr int kProfiledRuns = 20;

void say_conditions(const char* phase, Events& events) {
  const Conditions conditions = read_conditions();
  JsonObject object = event("conditions");
  object.add("phase", phase);
  add_conditions(object, conditions);
  events.emit(object.add("governors", json_array(conditions.governors)));
}

// A system call that a plug-in of an emulator can see, so that it counts the instructions of an inference
// alone.
class Mark {
 public:
  Mark() : wanted_(std::getenv("CORTADO_MARK") != nullptr) {}
  void operator()() const {
    if (wanted_) syscall(SYS_getppid);
  }

 private:
  bool wanted_;
};

std::int64_t median(std::vector<std::int64_t> values) {
  const std::size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle), values.end());
  return values[middle];
}

}  // namespace

std::vector<std::int64_t> measure_latencies(Executor& executor, int warmup, int iterations, Events& events) {
  events.set_stage("warming up");
  for (int i = 0; i < warmup; ++i) {
    executor.run();
    events.emit(event("warmup").add("done", i + 1).add("total", warmup));
  }
  if (iterations == 0) return {};

  events.set_stage("running");
  const Mark mark;
  std::vector<std::int64_t> latencies;
  latencies.reserve(static_cast<std::size_t>(iterations));
  say_conditions("before", events);
  for (int i = 0; i < iterations; ++i) {
    if (i == iterations / 2) say_conditions("during", events);
    mark();
    const std::int64_t start = monotonic_ns();
    executor.run();
    const std::int64_t latency = monotonic_ns() - start;
    mark();
    latencies.push_back(latency);
    events.emit(event("sample").add("index", i).add("total", iterations).add("latencyNs", latency));
  }
  say_conditions("after", events);
  return latencies;
}

void profile_layers(Executor& executor, int iterations, Events& events) {
  events.set_stage("profiling");
  const std::vector<PreparedOperation>& operations = executor.operations();
  std::vector<std::vector<std::int64_t>> times(operations.size());
  const int runs = std::clamp(iterations, 1, kProfiledRuns);
  for (int i = 0; i < runs; ++i) {
    std::int64_t last = monotonic_ns();
    executor.run([&](std::size_t operation) {
      const std::int64_t now = monotonic_ns();
      times[operation].push_back(now - last);
      last = monotonic_ns();
    });
  }
  JsonArray layers;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    layers.add(JsonObject()
                   .add("layer", operations[i].layer)
                   .add("kind", operations[i].kind)
                   .add("kernel", operations[i].kernel)
                   .add("medianNs", median(times[i]))
                   .add("macs", operations[i].macs)
                   .done());
  }
  events.emit(event("layers").add("layers", layers.done()));
}

}  // namespace cortado
