#include "bitstream.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "refusal.h"

namespace cortado {
namespace {

constexpr char kAdvice[] = "Copy the .bit file again, or build it again (cortado build bitstream).";
// Larger than that of any part there is.
constexpr std::size_t kLargest = std::size_t{256} << 20;

[[noreturn]] void refuse_file(const std::string& name, const std::string& reason) {
  throw Refusal{"fpga.bitstream.damaged", "\"" + name + "\" is no complete .bit file: " + reason + ".",
                kAdvice};
}

// Fields of the header: a big-endian length before each.
class Header {
 public:
  Header(const std::string& bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  std::uint32_t number(int size) {
    const std::string field = take(static_cast<std::size_t>(size));
    std::uint32_t value = 0;
    for (const char byte : field) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
  }

  std::string text(char key) {
    expect(key);
    std::string field = take(number(2));
    while (!field.empty() && field.back() == '\0') field.pop_back();
    return field;
  }

  void expect(char key) {
    if (take(1)[0] != key) refuse_file(name_, std::string("its header lacks the field ") + key);
  }

  std::string take(std::size_t count) {
    if (count > bytes_.size() - at_) refuse_file(name_, "it ends too early");
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }

  bool ended() const { return at_ == bytes_.size(); }

 private:
  const std::string& bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
};

// The word that wakes the part's configuration logic stands near the beginning.
bool has_sync_word(const std::vector<std::uint8_t>& data) {
  constexpr std::uint8_t kSync[] = {0xaa, 0x99, 0x55, 0x66};
  const auto end = data.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(data.size(), 4096));
  return std::search(data.begin(), end, std::begin(kSync), std::end(kSync)) != end;
}

// "cortado_top;UserID=0X1234ABCD;Version=2023.1"
std::optional<std::uint32_t> user_id_of(const std::string& field) {
  constexpr char kKey[] = ";UserID=0X";
  const std::size_t at = field.find(kKey);
  if (at == std::string::npos) return std::nullopt;
  return static_cast<std::uint32_t>(std::strtoul(field.c_str() + at + sizeof kKey - 1, nullptr, 16));
}

std::string hexadecimal(std::uint32_t value) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", value);
  return text;
}

std::string without_prefix(std::string part) {
  std::transform(part.begin(), part.end(), part.begin(), [](unsigned char c) { return std::tolower(c); });
  return part.rfind("xc", 0) == 0 ? part.substr(2) : part;
}

}  // namespace

Bitstream read_bitstream(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (file) bytes << file.rdbuf();
  if (!file || bytes.str().empty()) {
    throw Refusal{"fpga.bitstream.read", "The bitstream \"" + path + "\" cannot be read.",
                  "Check the path and the right to read it."};
  }
  return parse_bitstream(bytes.str(), path);
}

Bitstream parse_bitstream(const std::string& bytes, const std::string& name) {
  if (bytes.size() > kLargest) refuse_file(name, "it is too large");
  Header header(bytes, name);
  constexpr char kMagic[] = "\x0f\xf0\x0f\xf0\x0f\xf0\x0f\xf0\x00";
  if (header.number(2) != sizeof kMagic - 1 ||
      header.take(sizeof kMagic - 1) != std::string(kMagic, sizeof kMagic - 1) || header.number(2) != 1) {
    refuse_file(name, "it does not begin as one");
  }
  Bitstream bitstream;
  const std::string design = header.text('a');
  bitstream.design = design.substr(0, design.find(';'));
  bitstream.user_id = user_id_of(design);
  bitstream.part = header.text('b');
  bitstream.date = header.text('c');
  bitstream.time = header.text('d');
  header.expect('e');
  const std::string data = header.take(header.number(4));
  if (!header.ended()) refuse_file(name, "something follows its end");
  bitstream.data.assign(data.begin(), data.end());
  if (data.size() % 4 != 0) refuse_file(name, "it does not consist of whole words");
  if (!has_sync_word(bitstream.data)) refuse_file(name, "it has no configuration in it");
  return bitstream;
}

bool part_matches(const std::string& header_part, const std::string& device) {
  const std::string wanted = without_prefix(device);
  return !wanted.empty() && without_prefix(header_part).rfind(wanted, 0) == 0;
}

void check_bitstream(const Bitstream& bitstream, const std::string& part, std::uint32_t fingerprint) {
  if (!part_matches(bitstream.part, part)) {
    throw Refusal{"fpga.bitstream.part",
                  "The bitstream is for another part: " + bitstream.part + " in place of " + part + ".",
                  "Give the bitstream that was built for this board (cortado build bitstream --board …)."};
  }
  if (bitstream.design.rfind("cortado", 0) != 0 || !bitstream.user_id) {
    throw Refusal{"fpga.bitstream.foreign",
                  "The bitstream holds another design: \"" + bitstream.design + "\".",
                  "Give the bitstream of the accelerator (cortado build bitstream --board …)."};
  }
  if (*bitstream.user_id != fingerprint) {
    throw Refusal{"fpga.bitstream.fingerprint",
                  "The bitstream was built from other sources of the accelerator than the package: " +
                      hexadecimal(*bitstream.user_id) + " in place of " + hexadecimal(fingerprint) + ".",
                  "Build package and bitstream with the same release of Cortado."};
  }
}

std::vector<std::uint8_t> firmware_of(const Bitstream& bitstream) {
  std::vector<std::uint8_t> words = bitstream.data;
  for (std::size_t at = 0; at + 4 <= words.size(); at += 4) {
    std::reverse(words.begin() + static_cast<std::ptrdiff_t>(at),
                 words.begin() + static_cast<std::ptrdiff_t>(at + 4));
  }
  return words;
}

}  // namespace cortado
