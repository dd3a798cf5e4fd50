#pragma once

#include <cstddef>
#include <cstdint>

#include "package_generated.h"

namespace cortado {

// The buffer's root once its identifier, version, checksum and structure were checked, in this order: a newer
// format is named as such even where its structure would not pass.
const format::Package& verify_package(const std::uint8_t* bytes, std::size_t size);

}  // namespace cortado
