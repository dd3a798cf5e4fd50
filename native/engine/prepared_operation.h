// An operation ready to run: its blobs are bound, its weights are packed for the kernel that was chosen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "image.h"
#include "network.h"

namespace cortado {

// kFpga: the accelerator, and the kernels of kAuto for what it leaves.
enum class Backend : std::uint8_t { kAuto, kReference, kNeon, kFpga };

struct PreparedOperation {
  std::string_view layer;
  const char* kind = "";
  std::string kernel;
  std::uint64_t macs = 0;
  std::size_t scratch_bytes = 0;  // for each thread
  std::size_t packed_bytes = 0;
  // How many independent pieces the work can be split into; 0 where there is nothing to do.
  std::int32_t work_items = 0;
  // Computes pieces [begin, end). `scratch` is aligned to 64 bytes.
  std::function<void(std::int32_t begin, std::int32_t end, void* scratch)> run;
};

// What the preparation of an operation needs to know.
struct PreparationContext {
  const Network& network;
  std::function<BlobMemory(BlobIndex)> memory;
  Backend backend;
  CpuFeatures cpu;
  bool offloaded;  // runs elsewhere: no kernel is wanted, and no packed weights
};

PreparedOperation prepare(const Convolution& operation, const PreparationContext& context);
PreparedOperation prepare(const Pooling& operation, const PreparationContext& context);
PreparedOperation prepare(const EltwiseSum& operation, const PreparationContext& context);
PreparedOperation prepare(const Concat& operation, const PreparationContext& context);
PreparedOperation prepare(const ActivationOperation& operation, const PreparationContext& context);
PreparedOperation prepare(const Affine& operation, const PreparationContext& context);
PreparedOperation prepare(const Softmax& operation, const PreparationContext& context);
PreparedOperation prepare(const Reshape& operation, const PreparationContext& context);
PreparedOperation prepare(const Quantize& operation, const PreparationContext& context);
PreparedOperation prepare(const Dequantize& operation, const PreparationContext& context);
PreparedOperation prepare(const Unary& operation, const PreparationContext& context);
PreparedOperation prepare(const Eltwise& operation, const PreparationContext& context);
PreparedOperation prepare(const Broadcast& operation, const PreparationContext& context);
PreparedOperation prepare(const Permute& operation, const PreparationContext& context);
PreparedOperation prepare(const Crop& operation, const PreparationContext& context);
PreparedOperation prepare(const Tile& operation, const PreparationContext& context);
PreparedOperation prepare(const Upsample& operation, const PreparationContext& context);
PreparedOperation prepare(const ShuffleChannel& operation, const PreparationContext& context);
PreparedOperation prepare(const InsertZeros& operation, const PreparationContext& context);
PreparedOperation prepare(const Interp& operation, const PreparationContext& context);
PreparedOperation prepare(const LocalResponse& operation, const PreparationContext& context);
PreparedOperation prepare(const Normalize& operation, const PreparationContext& context);
PreparedOperation prepare(const Reduction& operation, const PreparationContext& context);
PreparedOperation prepare(const ArgMax& operation, const PreparationContext& context);
PreparedOperation prepare(const Constant& operation, const PreparationContext& context);
PreparedOperation prepare(const DetectionOutput& operation, const PreparationContext& context);

}  // namespace cortado
