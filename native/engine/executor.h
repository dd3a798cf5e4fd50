// Runs a network.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "memory.h"
#include "memory_plan.h"
#include "offload.h"
#include "prepared_operation.h"
#include "thread_pool.h"

namespace cortado {

struct ExecutorOptions {
  Backend backend = Backend::kAuto;
  int threads = 1;
  CpuFeatures cpu;
  Offload* offload = nullptr;  // runs its parts; outlives the executor
};

// Whether this build has kernels for ARM NEON and the processor can run them.
bool neon_usable(const CpuFeatures& cpu);

class Executor {
 public:
  // Plans memory, allocates it and packs the weights. `network` outlives the executor. Refuses with
  // package.memory where there is too little, before anything runs.
  Executor(const Network& network, const ExecutorOptions& options);

  // Inputs are written there before run(), outputs are read there after it. Inputs keep their values.
  BlobMemory memory(BlobIndex index) const;

  void run();
  // Calls `after` with the index of each operation once it ran; the operation's output is valid then. Of what
  // is offloaded it is called for those operations alone whose output is brought back, behind the part that
  // they belong to.
  void run(const std::function<void(std::size_t operation)>& after);

  const std::vector<PreparedOperation>& operations() const { return operations_; }
  std::uint64_t arena_bytes() const { return plan_.arena_bytes; }
  // Whether the operation runs elsewhere.
  bool offloaded(std::size_t operation) const { return offloaded_[operation]; }
  std::uint64_t packed_bytes() const;
  int threads() const { return pool_.threads(); }

 private:
  void run_operation(const PreparedOperation& operation);
  void run_part(std::size_t index, const std::function<void(std::size_t)>& after);

  const Network& network_;
  Offload* offload_;
  std::vector<bool> offloaded_;
  MemoryPlan plan_;
  std::unique_ptr<Arena> arena_;
  std::vector<PreparedOperation> operations_;
  ThreadPool pool_;
  std::size_t scratch_stride_ = 0;
  std::unique_ptr<Arena> scratch_;
};

}  // namespace cortado
