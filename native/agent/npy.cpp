#include "npy.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "refusal.h"

namespace cortado {
namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr std::size_t kMagicSize = 6;
constexpr std::size_t kMaxHeader = 1 << 16;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

[[noreturn]] void refuse_unreadable(const std::string& path, const std::string& reason) {
  throw Refusal{"input.unreadable", "The input " + path + " cannot be read: " + reason + ".",
                "Give a .npy file of uint8 or float32 in C order, as numpy.save writes it."};
}

std::string shape_text(const std::vector<std::int32_t>& shape) {
  std::string text;
  for (const std::int32_t extent : shape) text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text.empty() ? "scalar" : text;
}

void read_exactly(std::FILE* file, const std::string& path, void* to, std::size_t size) {
  if (std::fread(to, 1, size, file) != size) refuse_unreadable(path, "it ends too early");
}

std::string read_header(std::FILE* file, const std::string& path) {
  std::uint8_t start[kMagicSize + 2];
  read_exactly(file, path, start, sizeof start);
  if (std::memcmp(start, kMagic, kMagicSize) != 0) refuse_unreadable(path, "it is not a .npy file");
  const std::uint8_t version = start[kMagicSize];
  if (version < 1 || version > 3) refuse_unreadable(path, "its format version is not known");
  std::uint8_t length_bytes[4] = {};
  read_exactly(file, path, length_bytes, version == 1 ? 2 : 4);
  std::size_t length = 0;
  for (std::size_t i = 4; i-- > 0;) length = length * 256 + length_bytes[i];
  if (length > kMaxHeader) refuse_unreadable(path, "its header is too long");
  std::string header(length, ' ');
  read_exactly(file, path, header.data(), length);
  return header;
}

// The text behind 'key': in the header's Python dictionary.
const char* find_value(const std::string& header, const char* key, const std::string& path) {
  const std::size_t at = header.find(std::string("'") + key + "':");
  if (at == std::string::npos) refuse_unreadable(path, std::string("its header has no ") + key);
  const char* value = header.c_str() + at + std::strlen(key) + 3;
  while (*value == ' ') ++value;
  return value;
}

NpyType parse_type(const std::string& header, const std::string& path) {
  const char* descr = find_value(header, "descr", path);
  for (const char* uint8 : {"'|u1'", "'<u1'", "'u1'"}) {
    if (std::strncmp(descr, uint8, std::strlen(uint8)) == 0) return NpyType::kUint8;
  }
  if (std::strncmp(descr, "'<f4'", 5) == 0) return NpyType::kFloat32;
  refuse_unreadable(path, "its values are neither uint8 nor float32");
}

std::vector<std::int32_t> parse_shape(const std::string& header, const std::string& path) {
  const char* at = find_value(header, "shape", path);
  if (*at++ != '(') refuse_unreadable(path, "its shape is not one");
  std::vector<std::int32_t> shape;
  while (true) {
    while (*at == ' ' || *at == ',') ++at;
    if (*at == ')') return shape;
    char* end = nullptr;
    const long long extent = std::strtoll(at, &end, 10);
    if (end == at || extent < 0 || extent > INT32_MAX || shape.size() > 32) {
      refuse_unreadable(path, "its shape is not one");
    }
    shape.push_back(static_cast<std::int32_t>(extent));
    at = end;
  }
}

bool fits(const std::vector<std::int32_t>& actual, const std::vector<std::int32_t>& wanted) {
  if (actual == wanted) return true;
  return !wanted.empty() && wanted[0] == 1 &&
         std::vector<std::int32_t>(wanted.begin() + 1, wanted.end()) == actual;
}

[[noreturn]] void refuse_unwritable(const std::string& path, const std::string& temporary) {
  const std::string reason = std::strerror(errno);
  std::remove(temporary.c_str());
  throw Refusal{"output.unwritable", "The output " + path + " cannot be written: " + reason + ".",
                "Choose a folder that exists, may be written to and has room."};
}

}  // namespace

NpyArray read_npy(const std::string& path, const std::vector<std::int32_t>& shape) {
  const File file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (file == nullptr) refuse_unreadable(path, std::strerror(errno));
  const std::string header = read_header(file.get(), path);
  NpyArray array{parse_type(header, path), {}};
  if (std::strncmp(find_value(header, "fortran_order", path), "False", 5) != 0) {
    refuse_unreadable(path, "it is in Fortran order");
  }
  const std::vector<std::int32_t> actual = parse_shape(header, path);
  if (!fits(actual, shape)) {
    throw Refusal{"input.shape",
                  "The input " + path + " has the shape " + shape_text(actual) + ", the network wants " +
                      shape_text(shape) + ".",
                  "Give an array in the network's own shape, channels before height and width."};
  }
  std::size_t size = array.type == NpyType::kFloat32 ? 4 : 1;
  for (const std::int32_t extent : shape) size *= static_cast<std::size_t>(extent);
  array.bytes.resize(size);
  read_exactly(file.get(), path, array.bytes.data(), size);
  if (std::fgetc(file.get()) != EOF) refuse_unreadable(path, "it is longer than its shape says");
  return array;
}

void write_npy(const std::string& path, const std::vector<std::int32_t>& shape,
               const std::vector<float>& values) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (const std::int32_t extent : shape) header += std::to_string(extent) + ", ";
  header += "), }";
  // Magic, version and length take ten bytes; the data starts at a multiple of 64, after a line's end.
  header.append(63 - (kMagicSize + 4 + header.size()) % 64, ' ');
  header += '\n';
  std::string start(kMagic, kMagicSize);
  start += {'\x01', '\x00', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};

  const std::string temporary = path + ".part";
  File file(std::fopen(temporary.c_str(), "wbe"), std::fclose);
  if (file == nullptr) refuse_unwritable(path, temporary);
  const bool written =
      std::fwrite(start.data(), 1, start.size(), file.get()) == start.size() &&
      std::fwrite(header.data(), 1, header.size(), file.get()) == header.size() &&
      std::fwrite(values.data(), sizeof(float), values.size(), file.get()) == values.size() &&
      std::fflush(file.get()) == 0;
  if (!written) refuse_unwritable(path, temporary);
  if (std::fclose(file.release()) != 0 || std::rename(temporary.c_str(), path.c_str()) != 0) {
    refuse_unwritable(path, temporary);
  }
}

}  // namespace cortado
