#pragma once

#include "image.h"
#include "operation.h"

namespace cortado {

// y = x * operand or x + operand, the operand repeated along axes where its extent is 1; rows [begin, end).
void broadcast_f32(BroadcastFunction function, const Image<const float>& input,
                   const Image<const float>& operand, const Image<float>& output, std::int32_t begin,
                   std::int32_t end);

}  // namespace cortado
