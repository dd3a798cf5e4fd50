#include "accelerator.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "crossing.h"
#include "refusal.h"
#include "registers.h"

namespace cortado {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::uint32_t kWatchdogCycles = 1000000;
// A program that takes so much longer than planned will not end.
constexpr std::uint64_t kPatience = 50;
constexpr std::uint64_t kLeastLimitMs = 1000;
constexpr int kResetChecks = 100000;

std::size_t pages(std::uint64_t bytes) {
  return static_cast<std::size_t>((bytes + kPage - 1) / kPage * kPage);
}

const char* error_text(std::uint32_t code) {
  switch (code) {
    case 1:
      return "an instruction does not exist";
    case 2:
      return "memory answered a read with an error";
    case 3:
      return "memory answered a write with an error";
    case 4:
      return "nothing moved any more (watchdog)";
    case 5:
      return "a token counter overflowed";
    case 6:
      return "an address is outside of the activation buffer";
    case 7:
      return "the program ended while something was unfinished";
    default:
      return "the reason is not known";
  }
}

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Blobs, constants, stamps, then each program at a page of its own.
std::uint64_t bytes_of(const AcceleratorPrograms& programs) {
  std::uint64_t bytes = pages(programs.blob_bytes);
  bytes += pages(programs.constants.size());
  bytes += pages(programs.stamp_bytes);
  for (const AcceleratorRun& run : programs.runs) bytes += pages(run.program.size());
  return bytes;
}

// Addresses have 32 bits, and so may sizes: more than this is nobody's memory.
constexpr std::uint64_t kMostBytes = 0x7fffffff;

std::size_t allocated_bytes(const AcceleratorPrograms& programs) {
  const std::uint64_t bytes = bytes_of(programs);
  if (bytes <= kMostBytes) return static_cast<std::size_t>(bytes);
  throw Refusal{"fpga.memory",
                "The package needs " + std::to_string(bytes) +
                    " bytes of memory that processor and accelerator share, which no board has.",
                "Use a smaller network, or run it on the processor (--backend neon)."};
}

}  // namespace

DeviceRequirements requirements_of(const AcceleratorPrograms& programs) {
  DeviceRequirements requirements;
  requirements.part = programs.part;
  requirements.config = programs.config;
  requirements.fingerprint = programs.fingerprint;
  requirements.clock_hz = programs.clock_hz;
  requirements.memory_bytes_per_second = programs.memory_bytes_per_second;
  requirements.shared_bytes = bytes_of(programs);
  return requirements;
}

Accelerator::Accelerator(const Network& network, AcceleratorDevice& device)
    : network_(network),
      programs_(*network.accelerator),
      device_(device),
      memory_(device.allocate(allocated_bytes(*network.accelerator))),
      brings_back_(network.blobs.size(), false),
      sums_of_(network.blobs.size(), nullptr),
      layer_cycles_(network.operations.size(), 0) {
  constants_at_ = pages(programs_.blob_bytes);
  stamps_at_ = constants_at_ + pages(programs_.constants.size());
  std::size_t next = stamps_at_ + pages(programs_.stamp_bytes);
  std::copy(programs_.constants.begin(), programs_.constants.end(), memory_->data() + constants_at_);
  for (const AcceleratorRun& run : programs_.runs) {
    programs_at_.push_back(next);
    std::copy(run.program.begin(), run.program.end(), memory_->data() + next);
    next += pages(run.program.size());
    for (const SharedBlob& output : run.outputs) brings_back_[output.blob] = true;
  }
  for (const Operation& operation : network.operations) {
    if (const auto* convolution = std::get_if<Convolution>(&operation.body))
      sums_of_[convolution->output] = convolution;
  }
  memory_->sync_for_device(0, memory_->bytes());
}

void Accelerator::begin() {
  counters_ = {};
  std::fill(layer_cycles_.begin(), layer_cycles_.end(), 0);
}

void Accelerator::run(std::size_t index, const std::function<BlobMemory(BlobIndex)>& memory) {
  const AcceleratorRun& run = programs_.runs[index];
  for (const SharedBlob& input : run.inputs) {
    to_shared(input, memory(input.blob).as<const std::int8_t>(), at(input));
    memory_->sync_for_device(blobs_at_ + input.offset,
                             cortado::shared_bytes(input, network_.blobs[input.blob].extents));
  }
  const std::int64_t started = now_ns();
  start(run, programs_at_[index]);
  wait(run);
  count(run);
  counters_.elapsed_ns += now_ns() - started;
  for (const SharedBlob& output : run.outputs) {
    memory_->sync_for_cpu(blobs_at_ + output.offset,
                          cortado::shared_bytes(output, network_.blobs[output.blob].extents));
    const BlobMemory to = memory(output.blob);
    if (output.format == BlobFormat::kRaw) {
      const Convolution& convolution = *sums_of_[output.blob];
      from_shared_sums(at(output), {convolution.output_factor.data(), convolution.activation},
                       to.as<float>());
    } else {
      from_shared(output, at(output), to.as<std::int8_t>());
    }
  }
}

void Accelerator::start(const AcceleratorRun& run, std::size_t program_at) {
  namespace r = registers;
  const std::uint32_t base = memory_->physical_address();
  const std::size_t bases[] = {blobs_at_, constants_at_, stamps_at_, 0};
  for (std::uint32_t i = 0; i < 4; ++i)
    device_.write(r::kBases + 4 * i, base + static_cast<std::uint32_t>(bases[i]));
  device_.write(r::kWatchdog, kWatchdogCycles);
  device_.write(r::kInterruptStatus, r::kInterruptDone | r::kInterruptError);
  device_.write(r::kInterruptEnable, r::kInterruptDone | r::kInterruptError);
  device_.write(r::kProgramAddress, base + static_cast<std::uint32_t>(program_at));
  device_.write(r::kProgramLength, static_cast<std::uint32_t>(run.program.size() / kInstructionBytes));
  device_.write(r::kControl, r::kStart);
}

void Accelerator::wait(const AcceleratorRun& run) {
  namespace r = registers;
  const std::uint64_t clock = std::max<std::uint64_t>(device_.description().clock_hz, 1000);
  // Estimates come from a file: bounded before they are multiplied.
  const std::uint64_t cycles = std::min(run.estimated_cycles, std::uint64_t{1} << 40) * kPatience;
  const std::uint64_t limit = std::max(kLeastLimitMs, cycles / (clock / 1000));
  const bool raised = device_.wait_for_interrupt(std::chrono::milliseconds(limit));
  const std::uint32_t status = device_.read(r::kStatus);
  device_.write(r::kInterruptStatus, r::kInterruptDone | r::kInterruptError);
  if (raised && (status & (r::kBusy | r::kDone | r::kError)) == r::kDone) return;
  stop(status, run);
}

// Leaves the accelerator as a run can begin again.
void Accelerator::stop(std::uint32_t status, const AcceleratorRun& run) {
  namespace r = registers;
  device_.write(r::kControl, r::kSoftReset);
  for (int i = 0; i < kResetChecks && (device_.read(r::kStatus) & r::kBusy) != 0; ++i) {
  }
  const std::string first(network_.operations[run.first].layer);
  const std::string last(network_.operations[run.first + run.count - 1].layer);
  const std::string where = "the layers from \"" + first + "\" to \"" + last + "\"";
  if ((status & r::kError) != 0) {
    throw Refusal{"fpga.error",
                  "The accelerator stopped in " + where + ": " +
                      error_text(status >> r::kErrorCodeShift & r::kErrorCodeMask) + ".",
                  "Run with --backend neon, and report it with these words."};
  }
  throw Refusal{
      "fpga.timeout", "The accelerator did not finish " + where + ", or its interrupt did not arrive.",
      "Check that the bitstream's interrupt is in the device tree; run with --backend neon meanwhile."};
}

void Accelerator::count(const AcceleratorRun& run) {
  namespace r = registers;
  const std::uint64_t cycles =
      device_.read(r::kCyclesLow) | static_cast<std::uint64_t>(device_.read(r::kCyclesHigh)) << 32;
  counters_.cycles += cycles;
  counters_.array_active += device_.read(r::kArrayActive);
  counters_.vector_active += device_.read(r::kVectorActive);
  counters_.wait_weights += device_.read(r::kWaitWeights);
  counters_.wait_tokens += device_.read(r::kWaitTokens);
  counters_.wait_drain += device_.read(r::kWaitDrain);
  for (std::uint32_t port = 0; port < 4; ++port)
    counters_.read_bytes += std::uint64_t{device_.read(r::kReadBeats + 4 * port)} * r::kBytesPerBeat;
  counters_.write_bytes += std::uint64_t{device_.read(r::kWriteBeats)} * r::kBytesPerBeat;

  // Stamps are ends; layers overlap, and each gets what came after the end before it.
  memory_->sync_for_cpu(stamps_at_, pages(programs_.stamp_bytes));
  std::vector<std::pair<std::uint64_t, std::size_t>> ends;
  for (const LayerStamp& stamp : run.stamps) {
    std::uint64_t value;
    std::memcpy(&value, memory_->data() + stamps_at_ + std::size_t{stamp.index} * kStampBytes, sizeof value);
    ends.emplace_back(std::min(value & ((std::uint64_t{1} << 48) - 1), cycles), stamp.operation);
  }
  std::sort(ends.begin(), ends.end());
  std::uint64_t before = 0;
  for (const auto& [end, operation] : ends) {
    layer_cycles_[operation] += end - before;
    before = end;
  }
}

}  // namespace cortado
