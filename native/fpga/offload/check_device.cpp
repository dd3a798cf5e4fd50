#include "check_device.h"

#include <cstdio>

#include "refusal.h"
#include "registers.h"

namespace cortado {
namespace {

std::string hexadecimal(std::uint32_t value) {
  char text[16];
  std::snprintf(text, sizeof text, "%08x", value);
  return text;
}

}  // namespace

void require_part(const DeviceRequirements& requirements, const std::string& part) {
  if (part == requirements.part) return;
  throw Refusal{"fpga.part",
                "The package's programs are for " + requirements.part + ", and the board has " + part + ".",
                "Build the package for this board: cortado build fpga --board."};
}

void require_accelerator(AcceleratorDevice& device, const DeviceRequirements& requirements) {
  const std::uint32_t id = device.read(registers::kId);
  if (id != registers::kIdValue) {
    throw Refusal{"fpga.not-ours",
                  "What is loaded into the FPGA is not Cortado's accelerator: its register ID is " +
                      hexadecimal(id) + ".",
                  "Load the bitstream of this board."};
  }
  const std::uint32_t config = device.read(registers::kConfig);
  if (config != requirements.config) {
    throw Refusal{"fpga.config",
                  "The accelerator has another configuration (" + hexadecimal(config) +
                      ") than the package was built for (" + hexadecimal(requirements.config) + ").",
                  "Build the package for this board, or load the bitstream that belongs to it."};
  }
  const std::uint32_t fingerprint = device.read(registers::kFingerprint);
  if (fingerprint == requirements.fingerprint) return;
  throw Refusal{
      "fpga.bitstream",
      "The accelerator was built from other sources (" + hexadecimal(fingerprint) +
          ") than the package was compiled for (" + hexadecimal(requirements.fingerprint) + ").",
      "Build the bitstream (or the simulation: npm run fpga:simulator) and the package with the same "
      "release of Cortado."};
}

}  // namespace cortado
