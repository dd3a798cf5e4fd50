#include "session.h"

#include <algorithm>

#include "cpu_features.h"
#include "golden.h"
#include "monotonic_clock.h"
#include "open_device.h"
#include "package/package.h"
#include "refusal.h"

namespace cortado {
namespace {

// More threads than this bring nothing to networks of this kind.
constexpr int kMostThreadsUnasked = 16;

ExecutorOptions options_for(const Arguments& arguments, const CpuFeatures& cpu) {
  if (arguments.backend == Backend::kNeon && !neon_usable(cpu)) {
    throw Refusal{"usage",
                  "The backend neon was asked for, and this processor or this build of the agent has none.",
                  "Leave --backend out, or give --backend reference."};
  }
  ExecutorOptions options;
  options.backend = arguments.backend;
  options.threads = arguments.threads > 0 ? arguments.threads : std::min(usable_cpus(), kMostThreadsUnasked);
  options.cpu = cpu;
  return options;
}

}  // namespace

Session::Session(const Arguments& arguments, Events& events) : events_(events), file_(arguments.package) {
  events.set_stage("loading");
  events.emit(event("loading").add("bytes", file_.size()));
  const std::int64_t start = monotonic_ns();
  const std::vector<std::string> features = cpu_feature_names();
  ExecutorOptions options = options_for(arguments, cpu_features(features));
  network_ = read_package(file_.data(), file_.size(), features);
  open_accelerator(arguments);
  options.offload = accelerator_.get();
  executor_ = std::make_unique<Executor>(network_, options);
  const bool neon = options.backend != Backend::kReference && neon_usable(options.cpu);
  say_loaded(monotonic_ns() - start, accelerator_ != nullptr ? "fpga" : neon ? "neon" : "reference");
}

// The package is complete without its accelerator: what keeps `auto` from it is said, and the processor runs
// it.
void Session::open_accelerator(const Arguments& arguments) {
  const bool wanted = arguments.backend == Backend::kFpga;
  if (!network_.accelerator) {
    if (!wanted) return;
    throw Refusal{"usage",
                  "The backend fpga was asked for, and the package holds no programs for an accelerator.",
                  "Build the package with cortado build fpga, or leave --backend out."};
  }
  if (!wanted && arguments.backend != Backend::kAuto) return;
  try {
    device_ = open_device(requirements_of(*network_.accelerator), {arguments.bitstream, ""});
    accelerator_ = std::make_unique<Accelerator>(network_, *device_);
  } catch (const Refusal& refusal) {
    if (wanted || refusal.code.rfind("fpga.", 0) != 0) throw;
    device_.reset();
    events_.emit(event("fallback")
                     .add("code", refusal.code)
                     .add("message", refusal.message)
                     .add("advice", refusal.advice));
  }
}

Json Session::accelerator_part() const {
  if (accelerator_ == nullptr) return to_json(std::nullopt);
  const AcceleratorPrograms& programs = accelerator_->programs();
  const DeviceDescription& device = accelerator_->device().description();
  std::size_t operations = 0;
  for (const AcceleratorRun& run : programs.runs) operations += run.count;
  JsonObject object;
  object.add("device", device.name)
      .add("part", device.part)
      .add("simulated", device.simulated)
      .add("clockHz", device.clock_hz)
      .add("plannedFor", JsonObject()
                             .add("board", programs.board)
                             .add("clockHz", programs.clock_hz)
                             .add("memoryBytesPerSecond", programs.memory_bytes_per_second)
                             .done())
      .add("programs", programs.runs.size())
      .add("operations", operations)
      .add("sharedBytes", accelerator_->shared_bytes());
  if (device.simulated) {
    object.add("memoryBytesPerSecond", device.memory_bytes_per_second)
        .add("memoryLatencyCycles", device.memory_latency_cycles);
  }
  return object.done();
}

void Session::say_loaded(std::int64_t load_ns, const char* backend) const {
  const Fingerprint& fingerprint = network_.fingerprint;
  JsonArray kernels;
  for (const PreparedOperation& operation : executor_->operations()) {
    kernels.add(JsonObject().add("layer", operation.layer).add("kernel", operation.kernel).done());
  }
  events_.emit(event("loaded")
                   .add("name", network_.name)
                   .add("formatVersion", kFormatVersion)
                   .add("fingerprint", JsonObject()
                                           .add("builder", fingerprint.builder)
                                           .add("target", fingerprint.target)
                                           .add("precision", fingerprint.precision)
                                           .add("modelSha256", fingerprint.model_sha256)
                                           .add("tableSha256", fingerprint.table_sha256)
                                           .add("bitstream", fingerprint.bitstream)
                                           .done())
                   .add("operations", network_.operations.size())
                   .add("macs", network_.macs)
                   .add("loadNs", load_ns)
                   .add("memory", JsonObject()
                                      .add("packageBytes", file_.size())
                                      .add("packedBytes", executor_->packed_bytes())
                                      .add("arenaBytes", executor_->arena_bytes())
                                      .done())
                   .add("backend", backend)
                   .add("accelerator", accelerator_part())
                   .add("threads", executor_->threads())
                   .add("kernels", kernels.done()));
}

void Session::verify() {
  events_.set_stage("verifying");
  const Verification verification = verify_goldens(network_, *executor_);
  JsonArray outputs;
  for (const FloatOutput& output : verification.float_outputs) {
    outputs.add(JsonObject()
                    .add("name", output.name)
                    .add("maxDifference", output.max_difference)
                    .add("tolerance", output.tolerance)
                    .done());
  }
  events_.emit(event("verified")
                   .add("golden", verification.goldens)
                   .add("int8Blobs", verification.int8_blobs)
                   .add("floatOutputs", outputs.done()));
}

}  // namespace cortado
