#include "system/conditions.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "system/cpus.h"
#include "text_file.h"

namespace cortado {
namespace {

// Zones and cooling devices are numbered from 0 without gaps on the boards seen; a few absent ones are passed
// over.
constexpr int kMaxThermal = 64;

std::vector<Temperature> read_temperatures() {
  std::vector<Temperature> temperatures;
  for (int i = 0; i < kMaxThermal; ++i) {
    const std::string folder = "/sys/class/thermal/thermal_zone" + std::to_string(i) + "/";
    const std::string text = read_text_file(folder + "temp");
    if (text.empty()) continue;
    const std::string type = read_text_file(folder + "type");
    temperatures.push_back({type.empty() ? "thermal_zone" + std::to_string(i) : type,
                            static_cast<double>(std::strtol(text.c_str(), nullptr, 10)) / 1000.0});
  }
  return temperatures;
}

// Raspberry Pi: bits 0 to 3 are under-voltage, frequency capped, throttled, soft temperature limit, each as
// it is now.
std::optional<bool> throttled_by_firmware() {
  const std::string text = read_text_file("/sys/devices/platform/soc/soc:firmware/get_throttled");
  if (text.empty()) return std::nullopt;
  return (std::strtoul(text.c_str(), nullptr, 16) & 0xF) != 0;
}

// Elsewhere the kernel lowers the clock through a cooling device, whose state is 0 while it does not.
std::optional<bool> throttled_by_kernel() {
  std::optional<bool> throttled;
  for (int i = 0; i < kMaxThermal; ++i) {
    const std::string folder = "/sys/class/thermal/cooling_device" + std::to_string(i) + "/";
    const std::string type = read_text_file(folder + "type");
    if (type.find("cpufreq") == std::string::npos) continue;
    const std::string state = read_text_file(folder + "cur_state");
    throttled = throttled.value_or(false) || (!state.empty() && state != "0");
  }
  return throttled;
}

}  // namespace

Conditions read_conditions() {
  Conditions conditions;
  conditions.temperatures = read_temperatures();
  conditions.throttled = throttled_by_firmware();
  if (!conditions.throttled) conditions.throttled = throttled_by_kernel();
  const int cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_CONF));
  for (int cpu = 0; cpu < cpus; ++cpu) {
    if (const auto hz = read_frequency_hz(cpu, "scaling_cur_freq")) conditions.clocks.push_back({cpu, *hz});
    const auto governor = read_governor(cpu);
    auto& known = conditions.governors;
    if (governor && std::find(known.begin(), known.end(), *governor) == known.end())
      known.push_back(*governor);
  }
  return conditions;
}

void add_conditions(JsonObject& object, const Conditions& conditions) {
  JsonArray clocks;
  for (const Clock& clock : conditions.clocks) {
    clocks.add(JsonObject().add("cpu", clock.cpu).add("hz", clock.hz).done());
  }
  JsonArray temperatures;
  for (const Temperature& temperature : conditions.temperatures) {
    temperatures.add(JsonObject().add("zone", temperature.zone).add("celsius", temperature.celsius).done());
  }
  object.add("clocks", clocks.done())
      .add("temperatures", temperatures.done())
      .add("throttled", conditions.throttled);
}

}  // namespace cortado
