#pragma once

#include <cstdint>
#include <vector>

#include "events.h"
#include "executor.h"

namespace cortado {

// Runs the network `warmup` and then `iterations` times; says `warmup`, `conditions` and `sample`. In
// nanoseconds.
std::vector<std::int64_t> measure_latencies(Executor& executor, int warmup, int iterations, Events& events);

// Times each operation in some runs of their own and says `layers`.
void profile_layers(Executor& executor, int iterations, Events& events);

}  // namespace cortado
