#pragma once

#include <string>
#include <vector>

namespace cortado {

// The whole of a small file, as the kernel's files in /proc and /sys are; empty where it cannot be read. A
// device tree's strings end with a zero byte and others with a newline: both are cut off.
std::string read_text_file(const std::string& path);

std::vector<std::string> split(const std::string& text, char separator);

// Parts between blanks, without empty ones.
std::vector<std::string> words_of(const std::string& text);

}  // namespace cortado
