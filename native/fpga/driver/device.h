// The accelerator as the executor sees it: registers, memory that both sides see, an interrupt. Behind it
// stands a board's hardware or a simulation of the RTL. What cannot go on is thrown as a Refusal whose code
// starts with "fpga."; before the first run the agent then falls back to the processor and says why.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace cortado {

// Memory that processor and accelerator see, physically contiguous, for as long as the object lives. Not
// necessarily coherent: the two calls stand between one side's writes and the other side's reads.
class SharedMemory {
 public:
  SharedMemory() = default;
  virtual ~SharedMemory() = default;
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  virtual std::uint8_t* data() = 0;
  virtual std::size_t bytes() const = 0;
  // Of the first byte as the accelerator's ports see it; a multiple of 4096.
  virtual std::uint32_t physical_address() const = 0;

  // What the processor wrote to [offset, offset + bytes) becomes visible to the accelerator.
  virtual void sync_for_device(std::size_t offset, std::size_t bytes) = 0;
  // What the accelerator wrote becomes visible to the processor.
  virtual void sync_for_cpu(std::size_t offset, std::size_t bytes) = 0;
};

struct DeviceDescription {
  std::string name;  // what it was reached by, for reports: "uio0", "/dev/mem", "Verilated xc7z020"
  std::string part;  // xc7z020
  std::uint64_t clock_hz = 0;
  bool simulated = false;
  // Of a simulation alone: bytes per second of all ports together, and cycles from an address to its data.
  std::uint64_t memory_bytes_per_second = 0;
  std::uint32_t memory_latency_cycles = 0;
};

class AcceleratorDevice {
 public:
  AcceleratorDevice() = default;
  virtual ~AcceleratorDevice() = default;
  AcceleratorDevice(const AcceleratorDevice&) = delete;
  AcceleratorDevice& operator=(const AcceleratorDevice&) = delete;

  virtual const DeviceDescription& description() const = 0;

  // AXI-Lite registers (registers.h), by offset.
  virtual std::uint32_t read(std::uint32_t offset) = 0;
  virtual void write(std::uint32_t offset, std::uint32_t value) = 0;

  // At least `bytes` of shared memory, zeros. Refuses with fpga.memory where there is not so much.
  virtual std::unique_ptr<SharedMemory> allocate(std::size_t bytes) = 0;

  // Waits until the accelerator raises its interrupt (done or error, by IRQ_STATUS), at most for `limit` of
  // the accelerator's own time; tells whether it did. The caller clears IRQ_STATUS.
  virtual bool wait_for_interrupt(std::chrono::milliseconds limit) = 0;
};

// What a package needs of the accelerator that it was built for.
struct DeviceRequirements {
  std::string part;
  std::uint32_t config = 0;                   // of the register CONFIG
  std::uint32_t fingerprint = 0;              // of the register FINGERPRINT
  std::uint64_t clock_hz = 0;                 // that the device is set to, where it can be
  std::uint64_t memory_bytes_per_second = 0;  // that a simulation has unless it is told otherwise
  std::uint64_t shared_bytes = 0;             // that will be allocated
};

struct HardwareOptions {
  std::string bitstream;  // .bit file to load where the accelerator is not loaded yet; empty: none
  std::string root;       // before every path of sysfs and devices, for tests
};

// This board's accelerator, its bitstream loaded, its CONFIG and FINGERPRINT those that are required. Refuses
// with the reason and its remedy where there is none, or no right to use it.
std::unique_ptr<AcceleratorDevice> open_hardware_device(const DeviceRequirements& requirements,
                                                        const HardwareOptions& options);

}  // namespace cortado
