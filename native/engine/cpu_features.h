// What this processor can do, asked at run time.
#pragma once

#include <string>
#include <vector>

#include "kernels/convolution.h"

namespace cortado {

// Names of the features as Linux has them in /proc/cpuinfo, taken from the auxiliary vector on ARM (under a
// user-mode emulator /proc/cpuinfo is the host's).
std::vector<std::string> cpu_feature_names();

CpuFeatures cpu_features(const std::vector<std::string>& names);

// Number of processors that this process may run on.
int usable_cpus();

}  // namespace cortado
