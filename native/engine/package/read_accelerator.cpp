#include "package/read_accelerator.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "package/check_program.h"
#include "package/limits.h"
#include "package/read_operation.h"
#include "refusal.h"

namespace cortado {
namespace {

constexpr std::size_t kMaxRuns = 1 << 12;
constexpr std::size_t kMaxStamps = 1 << 16;
constexpr std::uint32_t kMostSharedBytes = 0x7fffffff;
constexpr std::int32_t kNarrowChannels = 4;
constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

[[noreturn]] void refuse(const std::string& what) { refuse_damaged("The accelerator's part " + what + "."); }

void require(bool condition, const char* what) {
  if (!condition) refuse(what);
}

std::uint64_t planes_of(const std::vector<std::int32_t>& layout, std::int32_t channels) {
  std::uint64_t planes = 0;
  for (const std::int32_t part : layout) planes += static_cast<std::uint64_t>(part + channels - 1) / channels;
  return planes;
}

class Reader {
 public:
  Reader(const format::Accelerator& table, const Network& network) : table_(table), network_(network) {
    written_.assign(network.blobs.size(), kNever);
    last_read_.assign(network.blobs.size(), 0);
    for (std::size_t i = 0; i < network.operations.size(); ++i) {
      written_[output_of(network.operations[i])] = i;
      for (const BlobIndex input : inputs_of(network.operations[i])) last_read_[input] = i + 1;
    }
    for (const BlobIndex output : network.outputs) last_read_[output] = kNever;
  }

  AcceleratorPrograms read() {
    programs_.part = text(table_.part());
    programs_.board = text(table_.board());
    programs_.config = table_.config();
    programs_.fingerprint = table_.fingerprint();
    programs_.clock_hz = table_.clock_hz();
    programs_.memory_bytes_per_second = table_.memory_bytes_per_second();
    programs_.constants = span_of(table_.constants());
    programs_.blob_bytes = table_.blob_bytes();
    programs_.stamp_bytes = table_.stamp_bytes();
    require(programs_.clock_hz >= 1000000 && programs_.clock_hz <= 10000000000, "has no clock that there is");
    require(programs_.memory_bytes_per_second > 0, "has no memory bandwidth");
    require(programs_.blob_bytes <= kMostSharedBytes && programs_.stamp_bytes <= kMostSharedBytes &&
                programs_.constants.size() <= kMostSharedBytes,
            "needs more memory than a board has");
    read_blobs();
    require(table_.runs()->size() <= kMaxRuns, "has too many programs");
    std::size_t next = 0;
    for (const auto* run : *table_.runs()) {
      programs_.runs.push_back(read_run(*run, next));
      next = programs_.runs.back().first + programs_.runs.back().count;
    }
    check_crossings();
    return std::move(programs_);
  }

 private:
  static std::string_view text(const flatbuffers::String* string) {
    require(string->size() <= kMaxNameLength, "has a name that is too long");
    return {string->c_str(), string->size()};
  }

  void read_blobs() {
    blobs_.resize(network_.blobs.size());
    require(table_.blobs()->size() <= network_.blobs.size(), "has more blobs than the network");
    for (const auto* table : *table_.blobs()) {
      require(table->tensor() < network_.blobs.size(), "names a blob that does not exist");
      require(!blobs_[table->tensor()], "has a blob twice");
      blobs_[table->tensor()] = read_blob(*table);
    }
  }

  SharedBlob read_blob(const format::AcceleratorBlob& table) const {
    const Extents& extents = network_.blobs[table.tensor()].extents;
    SharedBlob blob{table.tensor(), BlobFormat::kPlanes, table.offset(), {}};
    require(extents.batch == 1, "has a blob of more than one sample");
    const auto layout = span_of(table.layout());
    require(!layout.empty() && layout.size() <= static_cast<std::size_t>(extents.channels),
            "has a blob without channels");
    std::int64_t channels = 0;
    for (const std::uint32_t part : layout) {
      require(part > 0 && part <= static_cast<std::uint32_t>(extents.channels),
              "has a blob of other channels");
      channels += part;
      blob.layout.push_back(static_cast<std::int32_t>(part));
    }
    require(channels == extents.channels, "has a blob of other channels");
    const std::uint64_t bytes = format_blob(table.format(), extents, blob);
    require(blob.offset % kStampBytes == 0 && blob.offset + bytes <= programs_.blob_bytes,
            "has a blob outside of its memory");
    return blob;
  }

  // Sets the format and returns the bytes that it takes.
  static std::uint64_t format_blob(format::BlobFormat format, const Extents& extents, SharedBlob& blob) {
    const auto height = static_cast<std::uint64_t>(extents.height),
               width = static_cast<std::uint64_t>(extents.width);
    switch (format) {
      case format::BlobFormat::Planes:
        return planes_of(blob.layout, kPlaneChannels) * height * width * 16;
      case format::BlobFormat::Narrow:
        blob.format = BlobFormat::kNarrow;
        require(blob.layout.size() == 1 && extents.channels <= kNarrowChannels,
                "has a narrow blob of many channels");
        return height * (width + width % 2) * 4;
      case format::BlobFormat::Raw:
        blob.format = BlobFormat::kRaw;
        require(blob.layout.size() == 1, "has sums of several parts");
        return planes_of(blob.layout, 8) * 2 * height * width * 16;
    }
    refuse("has a blob of a form that does not exist");
  }

  AcceleratorRun read_run(const format::AcceleratorRun& table, std::size_t next) {
    AcceleratorRun run{};
    run.first = table.first_operation();
    run.count = table.operations();
    require(run.count > 0 && run.first >= next && run.count <= network_.operations.size() &&
                run.first <= network_.operations.size() - run.count,
            "has a program in place of operations that are not there");
    run.program = span_of(table.program());
    const char* fault = fault_of_program(
        run.program, {programs_.blob_bytes, programs_.constants.size(), programs_.stamp_bytes});
    if (fault != nullptr) refuse("has a program that " + std::string(fault));
    for (const std::uint32_t index : *table.inputs()) run.inputs.push_back(input_of(index, run));
    for (const std::uint32_t index : *table.outputs()) run.outputs.push_back(output_of_run(index, run));
    run.estimated_cycles = table.estimated_cycles();
    run.estimated_bytes = table.estimated_bytes();
    require(table.stamps()->size() <= kMaxStamps, "has too many stamps");
    for (const auto* stamp : *table.stamps()) {
      require(stamp->operation() >= run.first && stamp->operation() < run.first + run.count,
              "has a stamp of an operation that the program does not run");
      require((std::uint64_t{stamp->index()} + 1) * kStampBytes <= programs_.stamp_bytes,
              "has a stamp outside of its memory");
      run.stamps.push_back(
          {stamp->operation(), stamp->index(), stamp->estimated_end(), stamp->estimated_bytes()});
    }
    return run;
  }

  const SharedBlob& shared(std::uint32_t index, const char* what) const {
    require(index < blobs_.size() && blobs_[index], what);
    return *blobs_[index];
  }

  SharedBlob input_of(std::uint32_t index, const AcceleratorRun& run) const {
    const SharedBlob& blob = shared(index, "has an input that is not in its memory");
    const bool before = written_[index] == kNever || written_[index] < run.first;
    require(before && last_read_[index] > run.first, "has an input that is not there when it is wanted");
    require(network_.blobs[index].type == ElementType::kInt8 && blob.format != BlobFormat::kRaw,
            "has an input that is not int8");
    return blob;
  }

  SharedBlob output_of_run(std::uint32_t index, const AcceleratorRun& run) const {
    const SharedBlob& blob = shared(index, "has an output that is not in its memory");
    const std::size_t by = written_[index], end = run.first + run.count;
    require(by != kNever && by >= run.first && by < end && last_read_[index] > end,
            "has an output that its program does not make, or nobody wants");
    if (blob.format != BlobFormat::kRaw) {
      require(blob.format == BlobFormat::kPlanes && network_.blobs[index].type == ElementType::kInt8,
              "has an output that is not int8");
      return blob;
    }
    const auto* convolution = std::get_if<Convolution>(&network_.operations[by].body);
    require(convolution != nullptr && network_.blobs[convolution->input].type == ElementType::kInt8 &&
                network_.blobs[index].type == ElementType::kFloat32,
            "has sums of what is no int8 convolution");
    return blob;
  }

  // What the processor reads and a program makes, it takes from there.
  void check_crossings() const {
    std::vector<const AcceleratorRun*> runs(network_.operations.size(), nullptr);
    std::vector<bool> taken(network_.blobs.size(), false);
    for (const AcceleratorRun& run : programs_.runs) {
      std::fill_n(runs.begin() + static_cast<std::ptrdiff_t>(run.first), run.count, &run);
      for (const SharedBlob& output : run.outputs) taken[output.blob] = true;
    }
    const auto check = [&](BlobIndex blob) {
      const std::size_t by = written_[blob];
      require(by == kNever || runs[by] == nullptr || taken[blob], "keeps a blob that the processor reads");
    };
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i] != nullptr) continue;
      for (const BlobIndex input : inputs_of(network_.operations[i])) check(input);
    }
    for (const BlobIndex output : network_.outputs) check(output);
  }

  const format::Accelerator& table_;
  const Network& network_;
  std::vector<std::size_t> written_;  // by blob: the operation; kNever for inputs of the network
  std::vector<std::size_t>
      last_read_;  // by blob: one behind the last operation; kNever for outputs of the network
  std::vector<std::optional<SharedBlob>> blobs_;
  AcceleratorPrograms programs_{};
};

}  // namespace

AcceleratorPrograms read_accelerator(const format::Accelerator& table, const Network& network) {
  return Reader(table, network).read();
}

}  // namespace cortado
