#pragma once

#include <optional>
#include <string>

namespace cortado {

// Marketing name of an ARM core by the main ID register's implementer and part number; nothing for others.
std::optional<std::string> core_name(unsigned long implementer, unsigned long part);

// 0x41
std::string hexadecimal(unsigned long value);

}  // namespace cortado
