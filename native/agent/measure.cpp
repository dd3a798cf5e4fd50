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
constexpr std::uint64_t kMacsPerStream = 128;  // 4 input x 32 output channels

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

// Runs the network and appends what each operation of the processor took.
void run_timed(Executor& executor, std::vector<std::vector<std::int64_t>>& times) {
  times.resize(executor.operations().size());
  std::int64_t last = monotonic_ns();
  executor.run([&](std::size_t operation) {
    const std::int64_t now = monotonic_ns();
    times[operation].push_back(now - last);
    last = monotonic_ns();
  });
}

std::int64_t nanoseconds_of(std::uint64_t cycles, std::uint64_t clock_hz) {
  return static_cast<std::int64_t>(static_cast<double>(cycles) * 1e9 / static_cast<double>(clock_hz));
}

Json describe_layer(const Measured& measured, std::size_t index, std::vector<std::int64_t>& times) {
  const PreparedOperation& operation = measured.executor.operations()[index];
  JsonObject layer;
  layer.add("layer", operation.layer).add("kind", operation.kind).add("kernel", operation.kernel);
  if (measured.executor.offloaded(index)) {
    const std::uint64_t cycles = measured.accelerator->layer_cycles()[index];
    layer.add("medianNs", nanoseconds_of(cycles, measured.accelerator->device().description().clock_hz))
        .add("cycles", cycles);
  } else {
    layer.add("medianNs", median(times));
  }
  return layer.add("macs", operation.macs).done();
}

}  // namespace

Measurement measure_latencies(const Measured& measured, int warmup, int iterations, Events& events) {
  events.set_stage("warming up");
  for (int i = 0; i < warmup; ++i) {
    measured.executor.run();
    events.emit(event("warmup").add("done", i + 1).add("total", warmup));
  }
  if (iterations == 0) return {};

  events.set_stage("running");
  const Mark mark;
  Measurement measurement;
  measurement.latencies.reserve(static_cast<std::size_t>(iterations));
  say_conditions("before", events);
  for (int i = 0; i < iterations; ++i) {
    if (i == iterations / 2) say_conditions("during", events);
    mark();
    const std::int64_t start = monotonic_ns();
    if (measured.simulated()) {
      run_timed(measured.executor, measurement.operation_ns);
    } else {
      measured.executor.run();
    }
    std::int64_t latency = monotonic_ns() - start;
    mark();
    if (const Accelerator* accelerator = measured.accelerator) {
      const AcceleratorCounters& counters = accelerator->counters();
      measurement.counters = counters;
      measurement.processor_ns = latency - counters.elapsed_ns;
      if (measured.simulated())
        latency = nanoseconds_of(counters.cycles, accelerator->device().description().clock_hz);
    }
    measurement.latencies.push_back(latency);
    events.emit(event("sample").add("index", i).add("total", iterations).add("latencyNs", latency));
  }
  say_conditions("after", events);
  return measurement;
}

void profile_layers(const Measured& measured, int iterations, Measurement measurement, Events& events) {
  events.set_stage("profiling");
  std::vector<std::vector<std::int64_t>>& times = measurement.operation_ns;
  if (times.empty()) {
    for (int i = std::clamp(iterations, 1, kProfiledRuns); i > 0; --i) run_timed(measured.executor, times);
  }
  JsonArray layers;
  for (std::size_t i = 0; i < times.size(); ++i) layers.add(describe_layer(measured, i, times[i]));
  events.emit(event("layers").add("layers", layers.done()));
}

Json accelerator_counts(const Measured& measured, const Measurement& measurement) {
  if (measured.accelerator == nullptr || measurement.latencies.empty()) return to_json(std::nullopt);
  const AcceleratorCounters& counters = measurement.counters;
  const DeviceDescription& device = measured.accelerator->device().description();
  std::uint64_t cycles = 0, bytes = 0, macs = 0;
  for (const AcceleratorRun& run : measured.accelerator->programs().runs) {
    cycles += run.estimated_cycles;
    bytes += run.estimated_bytes;
    for (std::size_t i = run.first; i < run.first + run.count; ++i)
      macs += measured.executor.operations()[i].macs;
  }
  return JsonObject()
      .add("simulated", device.simulated)
      .add("clockHz", device.clock_hz)
      .add("cycles", counters.cycles)
      .add("arrayActiveCycles", counters.array_active)
      .add("vectorActiveCycles", counters.vector_active)
      .add("waitWeightsCycles", counters.wait_weights)
      .add("waitTokensCycles", counters.wait_tokens)
      .add("waitDrainCycles", counters.wait_drain)
      .add("readBytes", counters.read_bytes)
      .add("writeBytes", counters.write_bytes)
      .add("macs", macs)
      .add("macsPerCycle", kMacsPerStream * (measured.accelerator->programs().config >> 28))
      .add("estimatedCycles", cycles)
      .add("estimatedBytes", bytes)
      .add("processorNs", measurement.processor_ns)
      .done();
}

}  // namespace cortado
