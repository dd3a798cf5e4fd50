// CRC-32 as IEEE 802.3, zip and PNG have it (polynomial 0xEDB88320, reflected).
#pragma once

#include <cstddef>
#include <cstdint>

namespace cortado {

// `previous` is the CRC of what came before, so that a long text can be given in pieces.
std::uint32_t crc32(const void* data, std::size_t size, std::uint32_t previous = 0);

}  // namespace cortado
