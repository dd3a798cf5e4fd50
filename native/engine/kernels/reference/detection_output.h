// SSD's DetectionOutput: boxes decoded from their priors, the best of each class kept.
#pragma once

#include <cstdint>
#include <vector>

#include "image.h"
#include "kernels/reference/detection_boxes.h"
#include "operation.h"

namespace cortado {

class DetectionOutputF32 {
 public:
  static constexpr std::int32_t kRowLength = 7;  // image, label, confidence, left, top, right, bottom

  // All memory that a run needs is taken here.
  DetectionOutputF32(const DetectionOutput& parameters, const Image<const float>& locations,
                     const Image<const float>& confidences, const Image<const float>& priors,
                     const Image<float>& output);

  std::size_t working_bytes() const;
  void run();

 private:
  struct Detection {
    std::int32_t label;
    std::int32_t position;  // in the order in which they were found
    float score;
    Box box;
  };

  void detect(const float* locations, const float* confidences);
  void decode_all(const float* locations, std::int32_t label);
  void choose_candidates(const float* confidences, std::int32_t label);
  void suppress(const float* confidences, std::int32_t label);
  void keep_best();

  DetectionOutput p_;
  Image<const float> location_image_, confidence_image_, prior_image_;
  Image<float> output_;
  std::int32_t prior_count_;
  // In Caffe's order.
  std::vector<float> locations_, confidences_, priors_, rows_;
  std::vector<Box> boxes_;                // one for each prior
  std::vector<std::int32_t> candidates_;  // priors, best first
  std::vector<Detection> found_;          // of one image
};

}  // namespace cortado
