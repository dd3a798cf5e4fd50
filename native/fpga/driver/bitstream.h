// Vivado's .bit files: a header with the design's name and the part, then the configuration itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cortado {

struct Bitstream {
  std::string design;                    // cortado_accelerator
  std::string part;                      // 7z020clg400, as the header has it
  std::string date, time;                // as Vivado wrote them
  std::optional<std::uint32_t> user_id;  // of the header's design name; the fingerprint in ours
  std::vector<std::uint8_t> data;        // the configuration, big endian words
};

// Refuses with fpga.bitstream.read where the file cannot be read, and with fpga.bitstream.damaged where it is
// no .bit file or cut off.
Bitstream read_bitstream(const std::string& path);
Bitstream parse_bitstream(const std::string& bytes, const std::string& name);

// Whether the header's part is of a device: part_matches("7z020clg400", "xc7z020").
bool part_matches(const std::string& header_part, const std::string& device);

// Refuses a bitstream that is not the required accelerator: fpga.bitstream.part, fpga.bitstream.foreign,
// fpga.bitstream.fingerprint.
void check_bitstream(const Bitstream& bitstream, const std::string& part, std::uint32_t fingerprint);

// What the kernel's drivers take: the data without the header, the bytes of each word turned round.
std::vector<std::uint8_t> firmware_of(const Bitstream& bitstream);

}  // namespace cortado
