#include "system/cpus.h"

#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "system/core_names.h"
#include "text_file.h"

namespace cortado {
namespace {

std::string cpufreq_path(int cpu, const char* file) {
  return "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq/" + file;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

void describe_arm(CoreKind& core, unsigned long implementer, unsigned long part) {
  core.implementer = hexadecimal(implementer);
  core.part = hexadecimal(part);
  core.name = core_name(implementer, part);
}

// The value of the main ID register where the kernel (or a user-mode emulator) lets programs read it:
// /proc/cpuinfo under such an emulator is the host's.
#if defined(__aarch64__)
std::optional<unsigned long> main_id_register() {
  constexpr unsigned long kCpuid = 1UL << 11;
  if ((getauxval(AT_HWCAP) & kCpuid) == 0) return std::nullopt;
  unsigned long value = 0;
  asm("mrs %0, MIDR_EL1" : "=r"(value));
  return value;
}
#else
std::optional<unsigned long> main_id_register() { return std::nullopt; }
#endif

// One entry for each block of /proc/cpuinfo that starts with "processor".
std::vector<CoreKind> read_cpuinfo() {
  std::vector<CoreKind> cores;
  unsigned long implementer = 0;
  for (const std::string& line : split(read_text_file("/proc/cpuinfo"), '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key = trimmed(line.substr(0, colon));
    const std::string value = trimmed(line.substr(colon + 1));
    if (key == "processor") cores.emplace_back();
    if (cores.empty()) continue;
#if defined(__aarch64__) || defined(__arm__)
    if (key == "CPU implementer") implementer = std::strtoul(value.c_str(), nullptr, 0);
    if (key == "CPU part") describe_arm(cores.back(), implementer, std::strtoul(value.c_str(), nullptr, 0));
#else
    static_cast<void>(implementer);
    if (key == "model name") cores.back().name = value;
    if (key == "vendor_id") cores.back().implementer = value;
    if (key == "model") cores.back().part = value;
#endif
  }
  return cores;
}

}  // namespace

bool CoreKind::same_kind(const CoreKind& other) const {
  return name == other.name && implementer == other.implementer && part == other.part &&
         max_hz == other.max_hz && governor == other.governor;
}

std::optional<std::uint64_t> read_frequency_hz(int cpu, const char* file) {
  const std::string text = read_text_file(cpufreq_path(cpu, file));
  const std::uint64_t kilohertz = std::strtoull(text.c_str(), nullptr, 10);
  if (kilohertz == 0) return std::nullopt;
  return kilohertz * 1000;
}

std::optional<std::string> read_governor(int cpu) {
  const std::string governor = read_text_file(cpufreq_path(cpu, "scaling_governor"));
  if (governor.empty()) return std::nullopt;
  return governor;
}

Cpus read_cpus() {
  Cpus cpus{std::max(1, static_cast<int>(sysconf(_SC_NPROCESSORS_CONF))),
            std::max(1, static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN))),
            {}};
  std::vector<CoreKind> described = read_cpuinfo();
  described.resize(static_cast<std::size_t>(cpus.online));
  for (int cpu = 0; cpu < cpus.online; ++cpu) {
    CoreKind core = described[static_cast<std::size_t>(cpu)];
    if (!core.name) {
      if (const auto id = main_id_register()) describe_arm(core, *id >> 24 & 0xFF, *id >> 4 & 0xFFF);
    }
    core.min_hz = read_frequency_hz(cpu, "cpuinfo_min_freq");
    core.max_hz = read_frequency_hz(cpu, "cpuinfo_max_freq");
    core.governor = read_governor(cpu);
    const auto known = std::find_if(cpus.cores.begin(), cpus.cores.end(),
                                    [&](const CoreKind& other) { return other.same_kind(core); });
    CoreKind& kind = known == cpus.cores.end() ? cpus.cores.emplace_back(core) : *known;
    ++kind.count;
  }
  return cpus;
}

}  // namespace cortado
