#include "kernels/reference/detection_boxes.h"

#include <algorithm>

#include "elementary.h"

namespace cortado {
namespace {

double area(const Box& box) {
  return box.right < box.left || box.bottom < box.top ? 0 : (box.right - box.left) * (box.bottom - box.top);
}

}  // namespace

Box decode_box(BoxCode code, const float* prior, const float* variance, const float* location) {
  const Box p{prior[0], prior[1], prior[2], prior[3]};
  double t[4];
  for (int i = 0; i < 4; ++i) {
    t[i] = static_cast<double>(location[i]) * (variance == nullptr ? 1.0 : static_cast<double>(variance[i]));
  }
  const double width = p.right - p.left;
  const double height = p.bottom - p.top;
  switch (code) {
    case BoxCode::kCorner:
      break;
    case BoxCode::kCornerSize:
      return {p.left + t[0] * width, p.top + t[1] * height, p.right + t[2] * width, p.bottom + t[3] * height};
    case BoxCode::kCenterSize: {
      const double x = t[0] * width + (p.left + p.right) / 2;
      const double y = t[1] * height + (p.top + p.bottom) / 2;
      const double half_width = exponential(t[2]) * width / 2;
      const double half_height = exponential(t[3]) * height / 2;
      return {x - half_width, y - half_height, x + half_width, y + half_height};
    }
  }
  return {p.left + t[0], p.top + t[1], p.right + t[2], p.bottom + t[3]};
}

Box clip_box(const Box& box) {
  const auto clip = [](double value) { return std::min(std::max(value, 0.0), 1.0); };
  return {clip(box.left), clip(box.top), clip(box.right), clip(box.bottom)};
}

double overlap(const Box& a, const Box& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const double shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

}  // namespace cortado
