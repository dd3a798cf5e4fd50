#include "open_device.h"

#include <cstdlib>

#include "simulated_device.h"

namespace cortado {
namespace {

std::string text_of(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::uint64_t number_of(const char* name) { return std::strtoull(text_of(name).c_str(), nullptr, 10); }

}  // namespace

std::unique_ptr<AcceleratorDevice> open_device(const DeviceRequirements& requirements,
                                               const HardwareOptions& hardware) {
  SimulationOptions simulation;
  simulation.folder = text_of("CORTADO_FPGA_SIMULATION");
  if (simulation.folder.empty()) return open_hardware_device(requirements, hardware);
  simulation.part = text_of("CORTADO_FPGA_PART");
  simulation.clock_hz = number_of("CORTADO_FPGA_CLOCK");
  simulation.memory_bytes_per_second = number_of("CORTADO_FPGA_BANDWIDTH");
  simulation.memory_latency_cycles = static_cast<std::uint32_t>(number_of("CORTADO_FPGA_LATENCY"));
  return open_simulated_device(requirements, simulation);
}

}  // namespace cortado
