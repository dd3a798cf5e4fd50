// Boxes of SSD: from a prior and what the network predicts relative to it, and how much two of them overlap.
// In float64, step by step as schema/package.fbs has it.
#pragma once

#include "operation.h"

namespace cortado {

// Corners in parts of the image.
struct Box {
  double left, top, right, bottom;
};

// `prior`, `variance` (null: 1) and `location`: four floats each.
Box decode_box(BoxCode code, const float* prior, const float* variance, const float* location);

Box clip_box(const Box& box);

// Intersection over union.
double overlap(const Box& a, const Box& b);

}  // namespace cortado
