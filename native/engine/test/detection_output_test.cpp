// SSD's DetectionOutput against a transcription that shares nothing with the kernel but the definition.
#include <gtest/gtest.h>

#include <cmath>

#include "operation_case.h"

namespace cortado {
namespace {

using test::Array;
using test::Case;
using test::for_seeds;

struct Parameters {
  std::int32_t images, priors, classes;
  bool shared, variance_in_target, clip;
  format::BoxCode code;
  std::int32_t background, top_k, keep_top_k;
  double confidence, overlap, eta;
};

using Corners = std::array<double, 4>;

Corners naive_box(const Parameters& p, const std::vector<float>& priors, std::size_t prior,
                  const float* location) {
  Corners box{};
  Corners t{};
  const auto count = static_cast<std::size_t>(p.priors);
  for (std::size_t i = 0; i < 4; ++i) {
    box[i] = static_cast<double>(priors[4 * prior + i]);
    const double variance = p.variance_in_target ? 1 : static_cast<double>(priors[4 * (count + prior) + i]);
    t[i] = static_cast<double>(location[i]) * variance;
  }
  const Corners size = {box[2] - box[0], box[3] - box[1], box[2] - box[0], box[3] - box[1]};
  if (p.code == format::BoxCode::CenterSize) {
    for (std::size_t i = 0; i < 2; ++i) {
      const double centre = t[i] * size[i] + (box[i] + box[i + 2]) / 2;
      const double extent = std::exp(t[i + 2]) * size[i];
      box[i] = centre - extent / 2;
      box[i + 2] = centre + extent / 2;
    }
  } else {
    for (std::size_t i = 0; i < 4; ++i) box[i] += p.code == format::BoxCode::Corner ? t[i] : t[i] * size[i];
  }
  if (p.clip) {
    for (double& edge : box) edge = edge < 0 ? 0 : edge > 1 ? 1 : edge;
  }
  return box;
}

double naive_overlap(const Corners& a, const Corners& b) {
  const auto area = [](double width, double height) { return width < 0 || height < 0 ? 0 : width * height; };
  const double width = std::fmin(a[2], b[2]) - std::fmax(a[0], b[0]);
  const double height = std::fmin(a[3], b[3]) - std::fmax(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  return width * height / (area(a[2] - a[0], a[3] - a[1]) + area(b[2] - b[0], b[3] - b[1]) - width * height);
}

struct Found {
  std::int32_t label;
  float score;
  Corners box;
};

std::vector<Found> naive_detect(const Parameters& p, const float* locations, const float* confidences,
                                const std::vector<float>& priors) {
  std::vector<Found> all;
  for (std::int32_t label = 0; label < p.classes; ++label) {
    if (label == p.background) continue;
    std::vector<Found> candidates;
    for (std::int32_t prior = 0; prior < p.priors; ++prior) {
      const float score = confidences[prior * p.classes + label];
      if (!(static_cast<double>(score) > p.confidence)) continue;
      const float* location = locations + 4 * (p.shared ? prior : prior * p.classes + label);
      candidates.push_back({label, score, naive_box(p, priors, static_cast<std::size_t>(prior), location)});
    }
    const auto better = [](const Found& a, const Found& b) { return a.score > b.score; };
    std::stable_sort(candidates.begin(), candidates.end(), better);
    if (p.top_k > 0 && candidates.size() > static_cast<std::size_t>(p.top_k))
      candidates.resize(static_cast<std::size_t>(p.top_k));
    std::vector<Found> kept;
    double limit = p.overlap;
    for (const Found& candidate : candidates) {
      bool stays = true;
      for (const Found& other : kept) stays = stays && naive_overlap(candidate.box, other.box) <= limit;
      if (!stays) continue;
      kept.push_back(candidate);
      if (p.eta < 1 && limit > 0.5) limit *= p.eta;
    }
    all.insert(all.end(), kept.begin(), kept.end());
  }
  if (p.keep_top_k > 0 && all.size() > static_cast<std::size_t>(p.keep_top_k)) {
    std::stable_sort(all.begin(), all.end(),
                     [](const Found& a, const Found& b) { return a.score > b.score; });
    all.resize(static_cast<std::size_t>(p.keep_top_k));
    std::stable_sort(all.begin(), all.end(),
                     [](const Found& a, const Found& b) { return a.label < b.label; });
  }
  return all;
}

Parameters random_parameters(test::Random& random) {
  Parameters p{};
  p.images = random.between(1, 2);
  p.priors = random.between(1, 30);
  p.classes = random.between(1, 5);
  p.shared = random.chance(70);
  p.variance_in_target = random.chance(20);
  p.clip = random.chance(30);
  p.code = static_cast<format::BoxCode>(random.between(0, 2));
  p.background = random.between(-1, 1);
  p.top_k = random.chance(50) ? -1 : random.between(1, 12);
  p.keep_top_k = random.chance(40) ? -1 : random.between(1, 20);
  p.confidence = random.chance(20) ? -HUGE_VAL : 0.1 * random.between(0, 6);
  p.overlap = 0.1 * random.between(1, 9);
  p.eta = random.chance(50) ? 1 : 0.8;
  return p;
}

TEST(DetectionOutput, KeepsTheBoxesThatItsDefinitionSays) {
  int rows_found = 0;
  for_seeds(300, [&](Case& c) {
    const Parameters p = random_parameters(c.random);
    const std::int32_t located = p.shared ? 1 : p.classes;
    Array<float> locations({p.images, p.priors * located * 4, 1, 1}, 2);
    for (float& value : locations.values) value = c.random.real() / 2;
    // Whether a sample is a row or a table does not matter.
    Array<float> confidences({p.images, p.priors, p.classes, 1}, 3);
    for (float& value : confidences.values) value = static_cast<float>(c.random.between(0, 12)) / 12;
    Array<float> priors({1, 2, p.priors * 4, 1}, 3);
    for (std::size_t i = 0; i < priors.values.size(); ++i) {
      const bool far = i % 4 >= 2;  // right and bottom
      priors.values[i] = static_cast<float>(c.random.between(far ? 40 : 0, far ? 100 : 60)) / 100;
    }
    std::int32_t rows = p.classes * (p.top_k > 0 ? std::min(p.top_k, p.priors) : p.priors);
    if (p.keep_top_k > 0) rows = p.keep_top_k;
    Array<float> out({1, 1, p.images * rows, 7});
    std::size_t at = 0;
    for (std::int32_t image = 0; image < p.images; ++image) {
      const std::vector<Found> found =
          naive_detect(p, locations.values.data() + image * p.priors * located * 4,
                       confidences.values.data() + image * p.priors * p.classes, priors.values);
      for (const Found& f : found) {
        out.values[at++] = static_cast<float>(image);
        out.values[at++] = static_cast<float>(f.label);
        out.values[at++] = f.score;
        for (const double edge : f.box) out.values[at++] = static_cast<float>(edge);
        ++rows_found;
      }
    }
    const BlobIndex location_blob = c.input(locations, "locations");
    const BlobIndex confidence_blob = c.input(confidences, "confidences");
    const BlobIndex prior_blob = c.input(priors, "priors");
    const BlobIndex output = c.output(out);
    c.package.add("detect", format::OperationBody::DetectionOutput,
                  format::CreateDetectionOutput(c.package.tables(), location_blob, confidence_blob,
                                                prior_blob, output, static_cast<std::uint32_t>(p.classes),
                                                p.shared, p.variance_in_target, p.clip, p.code, p.background,
                                                p.top_k, p.keep_top_k, p.confidence, p.overlap, p.eta));
  });
  EXPECT_GT(rows_found, 2000);
}

}  // namespace
}  // namespace cortado
