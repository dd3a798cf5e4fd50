// From bytes that nobody vouches for to a network that the executor can believe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "network.h"

namespace cortado {

inline constexpr std::uint32_t kFormatVersion = 3;

// Reads and checks a package. `bytes` is aligned to 16 and outlives the network, which points into it.
// Whatever does not hold is thrown as a Refusal with the code package.damaged, .version, .target, .cpu or
// .unsupported. `cpu_features` are the names that cpu_feature_names() gives.
Network read_package(const std::uint8_t* bytes, std::size_t size,
                     const std::vector<std::string>& cpu_features);

}  // namespace cortado
