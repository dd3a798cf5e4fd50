#pragma once

#include "prepared_operation.h"

namespace cortado {

// An operation whose pieces are the output's rows, counted over all images of the batch.
inline PreparedOperation by_rows(const char* kind, const char* kernel, const BlobMemory& output) {
  PreparedOperation prepared;
  prepared.kind = kind;
  prepared.kernel = kernel;
  prepared.work_items = output.extents.batch * output.extents.height;
  return prepared;
}

}  // namespace cortado
