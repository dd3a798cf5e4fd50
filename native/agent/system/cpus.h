// The processors, as /proc and /sys describe them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cortado {

// Processors of one kind.
struct CoreKind {
  std::optional<std::string> name;  // Cortex-A53
  std::optional<std::string> implementer, part;
  int count = 0;
  std::optional<std::uint64_t> min_hz, max_hz;
  std::optional<std::string> governor;

  bool same_kind(const CoreKind& other) const;
};

struct Cpus {
  int count, online;
  std::vector<CoreKind> cores;
};

Cpus read_cpus();

// /sys/devices/system/cpu/cpuN/cpufreq/FILE, a frequency in kHz there; nothing where there is none.
std::optional<std::uint64_t> read_frequency_hz(int cpu, const char* file);
std::optional<std::string> read_governor(int cpu);

}  // namespace cortado
