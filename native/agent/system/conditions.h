// What may change while a network runs: clocks, temperatures, throttling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "json.h"

namespace cortado {

struct Clock {
  int cpu;
  std::uint64_t hz;
};

struct Temperature {
  std::string zone;
  double celsius;
};

struct Conditions {
  std::vector<Clock> clocks;  // empty where the kernel does not tell
  std::vector<Temperature> temperatures;
  std::optional<bool> throttled;
  std::vector<std::string> governors;
};

Conditions read_conditions();

// Adds `clocks`, `temperatures` and `throttled`.
void add_conditions(JsonObject& object, const Conditions& conditions);

}  // namespace cortado
