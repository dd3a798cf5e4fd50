#include "executor.h"

#include <algorithm>
#include <new>

#include "refusal.h"

namespace cortado {
namespace {

// Packed weights take about what the weights take; what they take more is left to the allocation to find out.
std::uint64_t weight_bytes(const Network& network) {
  std::uint64_t bytes = 0;
  for (const Operation& operation : network.operations) {
    if (const auto* convolution = std::get_if<Convolution>(&operation.body))
      bytes += convolution->weights.size();
  }
  return bytes;
}

MemoryPlan plan_within_memory(const Network& network) {
  MemoryPlan plan = plan_memory(network);
  const std::uint64_t blobs = std::max(plan.arena_bytes, network.fingerprint.memory);
  const std::uint64_t weights = weight_bytes(network);
  require_memory(blobs > UINT64_MAX - weights ? UINT64_MAX : blobs + weights);
  return plan;
}

std::vector<bool> find_offloaded(const Network& network, const Offload* offload) {
  std::vector<bool> offloaded(network.operations.size(), false);
  for (std::size_t i = 0; offload != nullptr && i < offload->parts(); ++i) {
    const Offload::Part part = offload->part(i);
    std::fill_n(offloaded.begin() + static_cast<std::ptrdiff_t>(part.first), part.count, true);
  }
  return offloaded;
}

std::vector<PreparedOperation> prepare_all(const Network& network, const MemoryPlan& plan,
                                           const std::vector<bool>& offloaded, PreparationContext context) {
  std::vector<PreparedOperation> prepared;
  try {
    for (std::size_t i = 0; i < network.operations.size(); ++i) {
      const Operation& operation = network.operations[i];
      context.offloaded = offloaded[i];
      prepared.push_back(
          std::visit([&](const auto& body) { return prepare(body, context); }, operation.body));
      prepared.back().layer = operation.layer;
      if (offloaded[i]) {
        prepared.back().kernel = "accelerator";
        prepared.back().work_items = 0;
      } else if (plan.in_place[i]) {
        prepared.back().kernel = "in_place";
        prepared.back().work_items = 0;
      }
    }
  } catch (const std::bad_alloc&) {
    refuse_memory("There is too little memory for the network's weights.");
  }
  return prepared;
}

}  // namespace

bool neon_usable(const CpuFeatures& cpu) {
#if defined(CORTADO_HAS_NEON)
  return cpu.neon;
#else
  static_cast<void>(cpu);
  return false;
#endif
}

Executor::Executor(const Network& network, const ExecutorOptions& options)
    : network_(network),
      offload_(options.offload),
      offloaded_(find_offloaded(network, options.offload)),
      plan_(plan_within_memory(network)),
      arena_(std::make_unique<Arena>(plan_.arena_bytes)),
      operations_(prepare_all(
          network, plan_, offloaded_,
          {network, [this](BlobIndex index) { return memory(index); }, options.backend, options.cpu, false})),
      pool_(options.threads) {
  for (const PreparedOperation& operation : operations_) {
    scratch_stride_ = std::max(scratch_stride_, (operation.scratch_bytes + 63) / 64 * 64);
  }
  scratch_ = std::make_unique<Arena>(static_cast<std::uint64_t>(scratch_stride_) *
                                     static_cast<std::uint64_t>(pool_.threads()));
}

BlobMemory Executor::memory(BlobIndex index) const {
  const Blob& blob = network_.blobs[index];
  const BlobPlacement& placement = plan_.blobs[index];
  return {arena_->data() + placement.offset, blob.type, blob.extents, placement.pixel_stride};
}

void Executor::run_operation(const PreparedOperation& operation) {
  pool_.run(operation.work_items, [&](std::int32_t begin, std::int32_t end, int thread) {
    operation.run(begin, end, scratch_->data() + static_cast<std::size_t>(thread) * scratch_stride_);
  });
}

void Executor::run_part(std::size_t index, const std::function<void(std::size_t)>& after) {
  offload_->run(index, [this](BlobIndex blob) { return memory(blob); });
  const Offload::Part part = offload_->part(index);
  for (std::size_t i = part.first; i < part.first + part.count; ++i) {
    if (offload_->brings_back(output_of(network_.operations[i]))) after(i);
  }
}

void Executor::run() {
  run([](std::size_t) {});
}

void Executor::run(const std::function<void(std::size_t)>& after) {
  if (offload_ != nullptr) offload_->begin();
  std::size_t part = 0;
  for (std::size_t i = 0; i < operations_.size();) {
    if (offloaded_[i]) {
      run_part(part, after);
      i += offload_->part(part++).count;
    } else {
      run_operation(operations_[i]);
      after(i++);
    }
  }
}

std::uint64_t Executor::packed_bytes() const {
  std::uint64_t bytes = 0;
  for (const PreparedOperation& operation : operations_) bytes += operation.packed_bytes;
  return bytes;
}

}  // namespace cortado
