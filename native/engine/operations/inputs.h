#pragma once

#include <vector>

#include "prepared_operation.h"

namespace cortado {

template <typename T>
std::vector<Image<const T>> images_of(const std::vector<BlobIndex>& blobs,
                                      const PreparationContext& context) {
  std::vector<Image<const T>> images;
  for (const BlobIndex blob : blobs) {
    const BlobMemory memory = context.memory(blob);
    images.push_back(memory.as<T>());
  }
  return images;
}

}  // namespace cortado
