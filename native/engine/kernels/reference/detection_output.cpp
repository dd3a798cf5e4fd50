#include "kernels/reference/detection_output.h"

#include <algorithm>

#include "layout.h"

namespace cortado {
namespace {

std::size_t size(std::int32_t value) { return static_cast<std::size_t>(value); }

void read_in_caffe_order(const Image<const float>& image, std::vector<float>& values) {
  std::size_t i = 0;
  for_each_in_caffe_order(image, [&](float value) { values[i++] = value; });
}

}  // namespace

DetectionOutputF32::DetectionOutputF32(const DetectionOutput& parameters, const Image<const float>& locations,
                                       const Image<const float>& confidences,
                                       const Image<const float>& priors, const Image<float>& output)
    : p_(parameters),
      location_image_(locations),
      confidence_image_(confidences),
      prior_image_(priors),
      output_(output),
      prior_count_(priors.extents.elements() / 8),
      locations_(size(locations.extents.elements())),
      confidences_(size(confidences.extents.elements())),
      priors_(size(priors.extents.elements())),
      rows_(size(output.extents.elements())),
      boxes_(size(prior_count_)) {
  candidates_.reserve(size(prior_count_));
  const std::int32_t per_class = p_.top_k < 1 ? prior_count_ : std::min(p_.top_k, prior_count_);
  found_.reserve(size(p_.classes) * size(per_class));
}

std::size_t DetectionOutputF32::working_bytes() const {
  return (locations_.size() + confidences_.size() + priors_.size() + rows_.size()) * sizeof(float) +
         boxes_.size() * sizeof(Box) + candidates_.capacity() * sizeof(std::int32_t) +
         found_.capacity() * sizeof(Detection);
}

void DetectionOutputF32::run() {
  read_in_caffe_order(location_image_, locations_);
  read_in_caffe_order(confidence_image_, confidences_);
  read_in_caffe_order(prior_image_, priors_);
  std::fill(rows_.begin(), rows_.end(), 0.0F);
  const auto batch = size(location_image_.extents.batch);
  float* row = rows_.data();
  for (std::size_t image = 0; image < batch; ++image) {
    detect(locations_.data() + image * (locations_.size() / batch),
           confidences_.data() + image * (confidences_.size() / batch));
    for (const Detection& d : found_) {
      const double values[kRowLength] = {static_cast<double>(image),
                                         static_cast<double>(d.label),
                                         static_cast<double>(d.score),
                                         d.box.left,
                                         d.box.top,
                                         d.box.right,
                                         d.box.bottom};
      for (const double value : values) *row++ = static_cast<float>(value);
    }
  }
  const float* from = rows_.data();
  for_each_in_caffe_order(output_, [&](float& value) { value = *from++; });
}

// Fills found_ with the detections of one image.
void DetectionOutputF32::detect(const float* locations, const float* confidences) {
  found_.clear();
  if (p_.shared_location) decode_all(locations, 0);
  for (std::int32_t label = 0; label < p_.classes; ++label) {
    if (label == p_.background) continue;
    if (!p_.shared_location) decode_all(locations, label);
    choose_candidates(confidences, label);
    suppress(confidences, label);
  }
  if (p_.keep_top_k >= 1 && found_.size() > size(p_.keep_top_k)) keep_best();
}

void DetectionOutputF32::decode_all(const float* locations, std::int32_t label) {
  const std::int32_t per_prior = p_.shared_location ? 1 : p_.classes;
  const float* variances = priors_.data() + 4 * size(prior_count_);
  for (std::int32_t i = 0; i < prior_count_; ++i) {
    const float* variance = p_.variance_in_target ? nullptr : variances + 4 * size(i);
    const float* location = locations + 4 * (size(i) * size(per_prior) + size(label));
    const Box box = decode_box(p_.code, priors_.data() + 4 * size(i), variance, location);
    boxes_[size(i)] = p_.clip ? clip_box(box) : box;
  }
}

// Priors whose confidence is above the threshold, best first, of equal ones the first prior first.
void DetectionOutputF32::choose_candidates(const float* confidences, std::int32_t label) {
  const auto score = [&](std::int32_t i) { return confidences[size(i) * size(p_.classes) + size(label)]; };
  candidates_.clear();
  for (std::int32_t i = 0; i < prior_count_; ++i) {
    if (static_cast<double>(score(i)) > p_.confidence) candidates_.push_back(i);
  }
  std::sort(candidates_.begin(), candidates_.end(), [&](std::int32_t i, std::int32_t j) {
    return score(i) > score(j) || (score(i) == score(j) && i < j);
  });
  if (p_.top_k >= 1 && candidates_.size() > size(p_.top_k)) candidates_.resize(size(p_.top_k));
}

// Appends the candidates that overlap none of the better ones too much.
void DetectionOutputF32::suppress(const float* confidences, std::int32_t label) {
  const std::size_t first = found_.size();
  double limit = p_.overlap;
  for (const std::int32_t i : candidates_) {
    const Box& box = boxes_[size(i)];
    const bool stays =
        std::all_of(found_.begin() + static_cast<std::ptrdiff_t>(first), found_.end(),
                    [&](const Detection& better) { return overlap(box, better.box) <= limit; });
    if (!stays) continue;
    found_.push_back({label, static_cast<std::int32_t>(found_.size()),
                      confidences[size(i) * size(p_.classes) + size(label)], box});
    if (p_.eta < 1 && limit > 0.5) limit *= p_.eta;
  }
}

// The best of all classes, again by class.
void DetectionOutputF32::keep_best() {
  const auto better = [](const Detection& a, const Detection& b) {
    return a.score > b.score || (a.score == b.score && a.position < b.position);
  };
  std::sort(found_.begin(), found_.end(), better);
  found_.resize(size(p_.keep_top_k));
  std::sort(found_.begin(), found_.end(), [&](const Detection& a, const Detection& b) {
    return a.label != b.label ? a.label < b.label : better(a, b);
  });
}

}  // namespace cortado
