#pragma once

namespace cortado {

// e^x, the same bits on every machine: C libraries differ in the last one, and boards are compared bit for
// bit. Exact to float32's rounding but for one case in about a billion. Infinity above 88.8, 0 below -104;
// NaN stays NaN.
float portable_exp(float x);

}  // namespace cortado
