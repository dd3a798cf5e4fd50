// Runs a package's programs on an accelerator, as the executor's offload.
#pragma once

#include <memory>
#include <vector>

#include "device.h"
#include "network.h"
#include "offload.h"

namespace cortado {

// What the accelerator counted in one inference, over all its programs.
struct AcceleratorCounters {
  std::uint64_t cycles = 0;
  std::uint64_t array_active = 0, vector_active = 0;
  std::uint64_t wait_weights = 0, wait_tokens = 0, wait_drain = 0;
  std::uint64_t read_bytes = 0, write_bytes = 0;
  // Of the processor's clock: from the start of each program until it is seen to be done.
  std::int64_t elapsed_ns = 0;
};

class Accelerator final : public Offload {
 public:
  // Takes shared memory and fills it with programs and constants. `network` (which has programs) and `device`
  // outlive it. Refuses with fpga.memory.
  Accelerator(const Network& network, AcceleratorDevice& device);

  std::size_t parts() const override { return programs_.runs.size(); }
  Part part(std::size_t index) const override {
    return {programs_.runs[index].first, programs_.runs[index].count};
  }
  void begin() override;
  // Refuses with fpga.timeout, fpga.error.
  void run(std::size_t index, const std::function<BlobMemory(BlobIndex)>& memory) override;
  bool brings_back(BlobIndex blob) const override { return brings_back_[blob]; }

  const AcceleratorDevice& device() const { return device_; }
  const AcceleratorPrograms& programs() const { return programs_; }
  std::uint64_t shared_bytes() const { return memory_->bytes(); }

  // Of the last run of the whole network.
  const AcceleratorCounters& counters() const { return counters_; }
  // By operation of the network: cycles that the program took longer for it than for what was done before it;
  // 0 on the processor.
  const std::vector<std::uint64_t>& layer_cycles() const { return layer_cycles_; }

 private:
  void start(const AcceleratorRun& run, std::size_t program_at);
  void wait(const AcceleratorRun& run);
  [[noreturn]] void stop(std::uint32_t status, const AcceleratorRun& run);
  void count(const AcceleratorRun& run);
  std::uint8_t* at(const SharedBlob& blob) { return memory_->data() + blobs_at_ + blob.offset; }

  const Network& network_;
  const AcceleratorPrograms& programs_;
  AcceleratorDevice& device_;
  std::unique_ptr<SharedMemory> memory_;
  std::size_t blobs_at_ = 0, constants_at_ = 0, stamps_at_ = 0;
  std::vector<std::size_t> programs_at_;
  std::vector<bool> brings_back_;
  std::vector<const Convolution*> sums_of_;  // by blob: whose sums a raw blob holds
  AcceleratorCounters counters_;
  std::vector<std::uint64_t> layer_cycles_;
};

// What the network needs of a device.
DeviceRequirements requirements_of(const AcceleratorPrograms& programs);

}  // namespace cortado
