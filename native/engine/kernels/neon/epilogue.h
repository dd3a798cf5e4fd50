// The end of every kernel: a tile's accumulators to int8 or to float.
#pragma once

#include "kernels/neon/dequantise.h"
#include "kernels/neon/requantise.h"
