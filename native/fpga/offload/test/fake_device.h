// A device whose accelerator is a function of the test.
#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <stdexcept>
#include <vector>

#include "device.h"
#include "refusal.h"
#include "registers.h"

namespace cortado::test {

class FakeMemory final : public SharedMemory {
 public:
  FakeMemory(std::vector<std::uint8_t>& bytes, std::uint32_t address) : bytes_(bytes), address_(address) {}
  std::uint8_t* data() override { return bytes_.data(); }
  std::size_t bytes() const override { return bytes_.size(); }
  std::uint32_t physical_address() const override { return address_; }
  void sync_for_device(std::size_t offset, std::size_t bytes) override { check(offset, bytes); }
  void sync_for_cpu(std::size_t offset, std::size_t bytes) override { check(offset, bytes); }

 private:
  void check(std::size_t offset, std::size_t bytes) const {
    if (offset > bytes_.size() || bytes > bytes_.size() - offset) throw std::out_of_range("sync");
  }
  std::vector<std::uint8_t>& bytes_;
  std::uint32_t address_;
};

class FakeDevice final : public AcceleratorDevice {
 public:
  static constexpr std::uint32_t kAddress = 0x20000000;

  explicit FakeDevice(const DeviceRequirements& requirements) {
    description_.name = "fake";
    description_.part = requirements.part;
    description_.clock_hz = 100000000;
    registers[registers::kId] = registers::kIdValue;
    registers[registers::kConfig] = requirements.config;
    registers[registers::kFingerprint] = requirements.fingerprint;
  }

  // What happens between start and interrupt; it leaves the status that is read afterwards.
  std::function<void(FakeDevice&)> run = [](FakeDevice& device) {
    device.registers[registers::kStatus] = registers::kDone;
  };
  bool raises_interrupt = true;
  std::map<std::uint32_t, std::uint32_t> registers;
  std::vector<std::uint8_t> memory;
  int starts = 0, resets = 0;

  // The byte at base register `base` + `offset`.
  std::uint8_t* at(std::uint32_t base, std::uint32_t offset) {
    return memory.data() + (registers[registers::kBases + 4 * base] - kAddress) + offset;
  }

  const DeviceDescription& description() const override { return description_; }
  std::uint32_t read(std::uint32_t offset) override { return registers[offset]; }
  void write(std::uint32_t offset, std::uint32_t value) override {
    registers[offset] = value;
    if (offset != registers::kControl) return;
    if (value == registers::kStart) {
      ++starts;
      run(*this);
    } else {
      ++resets;
      registers[registers::kStatus] = 0;
    }
  }
  std::unique_ptr<SharedMemory> allocate(std::size_t bytes) override {
    memory.assign(bytes, 0);
    return std::make_unique<FakeMemory>(memory, kAddress);
  }
  bool wait_for_interrupt(std::chrono::milliseconds) override { return raises_interrupt; }

 private:
  DeviceDescription description_;
};

}  // namespace cortado::test
