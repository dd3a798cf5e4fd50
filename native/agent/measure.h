#pragma once

#include <cstdint>
#include <vector>

#include "accelerator.h"
#include "events.h"
#include "executor.h"

namespace cortado {

// What is measured: the executor, and the accelerator that it uses, if it does.
struct Measured {
  Executor& executor;
  const Accelerator* accelerator;

  bool simulated() const { return accelerator != nullptr && accelerator->device().description().simulated; }
};

struct Measurement {
  // A latency is that of the whole network. On a simulated accelerator it is cycles / clock of the
  // accelerator alone: how long this computer takes for the rest says nothing of a board's processor.
  std::vector<std::int64_t> latencies;
  // Of the last of them, with an accelerator: what it counted, and the processor's part, transfers between
  // the two included.
  AcceleratorCounters counters;
  std::int64_t processor_ns = 0;
  // By operation, of all runs: on a simulated accelerator alone, where nothing is gained by runs of their
  // own.
  std::vector<std::vector<std::int64_t>> operation_ns;
};

// Runs the network `warmup` and then `iterations` times; says `warmup`, `conditions` and `sample`. In
// nanoseconds.
Measurement measure_latencies(const Measured& measured, int warmup, int iterations, Events& events);

// Says `layers`: the times of `measurement` where it has them, else of some runs of their own.
void profile_layers(const Measured& measured, int iterations, Measurement measurement, Events& events);

// What the accelerator counted, for `done`; null without one, or where nothing was measured.
Json accelerator_counts(const Measured& measured, const Measurement& measurement);

}  // namespace cortado
