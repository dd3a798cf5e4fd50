#include <algorithm>

#include "kernels/reference/detection_output.h"
#include "package/limits.h"
#include "package/read_operation.h"

namespace cortado {
namespace {

// The most rows that one image can have.
std::uint64_t most_rows(const DetectionOutput& detection, std::uint64_t priors) {
  const auto at_most = [](std::uint64_t count, std::int32_t limit) {
    return limit < 1 ? count : std::min(count, static_cast<std::uint64_t>(limit));
  };
  const std::uint64_t per_class = at_most(priors, detection.top_k);
  return at_most(static_cast<std::uint64_t>(detection.classes) * per_class, detection.keep_top_k);
}

}  // namespace

DetectionOutput OperationReader::read(const format::DetectionOutput& table) const {
  DetectionOutput detection{};
  detection.locations = index(table.locations());
  detection.confidences = index(table.confidences());
  detection.priors = index(table.priors());
  detection.output = index(table.output());
  require_float(detection.locations, detection.output);
  require_float(detection.confidences, detection.priors);
  detection.shared_location = table.shared_location();
  detection.variance_in_target = table.variance_in_target();
  detection.clip = table.clip();
  if (table.code() > format::BoxCode::MAX) unsupported("its code of boxes is not known to this agent");
  // The numbers of the codes are the package's.
  detection.code = static_cast<BoxCode>(table.code());
  detection.background = table.background();
  detection.top_k = table.top_k();
  detection.keep_top_k = table.keep_top_k();
  detection.confidence = table.confidence();
  detection.overlap = table.overlap();
  detection.eta = table.eta();

  const auto elements = [&](BlobIndex blob_index) {
    return static_cast<std::uint64_t>(blob(blob_index).extents.elements());
  };
  require(elements(detection.priors) % 8 == 0, "its priors are not boxes with variances");
  const std::uint64_t priors = elements(detection.priors) / 8;
  require(table.classes() >= 1 && table.classes() <= elements(detection.confidences),
          "its classes are out of range");
  detection.classes = static_cast<std::int32_t>(table.classes());
  const std::int32_t images = blob(detection.locations).extents.batch;
  require(images == blob(detection.confidences).extents.batch, "the batches of its inputs differ");
  const auto batch = static_cast<std::uint64_t>(images);
  const std::uint64_t located = detection.shared_location ? 1 : table.classes();
  require(
      elements(detection.locations) == bounded_product({batch, priors, located, 4}, kMaxBlobBytes) &&
          elements(detection.confidences) == bounded_product({batch, priors, table.classes()}, kMaxBlobBytes),
      "its priors are not as many as its locations and confidences");
  constexpr auto kRowLength = static_cast<std::uint64_t>(DetectionOutputF32::kRowLength);
  require(elements(detection.output) % kRowLength == 0 &&
              elements(detection.output) / kRowLength >= batch * most_rows(detection, priors),
          "its output has not a row for each detection");
  return detection;
}

}  // namespace cortado
