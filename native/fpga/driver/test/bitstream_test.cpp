#include "bitstream.h"

#include "fake_system.h"

namespace cortado::test {
namespace {

const std::string kDesign = "cortado_top;UserID=0X1234ABCD;Version=2023.1";

TEST(Bitstream, ReadsTheHeader) {
  const Bitstream bitstream = parse_bitstream(bit_file("7z020clg400", kDesign), "a.bit");
  EXPECT_EQ(bitstream.design, "cortado_top");
  EXPECT_EQ(bitstream.part, "7z020clg400");
  EXPECT_EQ(bitstream.date, "2026/01/31");
  EXPECT_EQ(bitstream.time, "12:34:56");
  EXPECT_EQ(bitstream.user_id, 0x1234abcdU);
  EXPECT_EQ(bitstream.data.size(), 256U);
}

TEST(Bitstream, FirmwareHasTheBytesOfEachWordTurnedRound) {
  const std::vector<std::uint8_t> firmware =
      firmware_of(parse_bitstream(bit_file("7z020clg400", kDesign), "a.bit"));
  ASSERT_EQ(firmware.size(), 256U);
  // What the kernel's driver looks for.
  EXPECT_EQ(std::vector<std::uint8_t>(firmware.begin() + 32, firmware.begin() + 36),
            (std::vector<std::uint8_t>{0x66, 0x55, 0x99, 0xaa}));
  EXPECT_EQ(firmware[40], 43);
  EXPECT_EQ(firmware[43], 40);
}

TEST(Bitstream, PartsMatchByTheDevice) {
  EXPECT_TRUE(part_matches("7z020clg400", "xc7z020"));
  EXPECT_TRUE(part_matches("7Z020CLG484", "xc7z020"));
  EXPECT_TRUE(part_matches("xczu3eg-sbva484-1-e", "xczu3eg"));
  EXPECT_FALSE(part_matches("7z010clg400", "xc7z020"));
  EXPECT_FALSE(part_matches("", "xc7z020"));
  EXPECT_FALSE(part_matches("7z020clg400", ""));
}

TEST(Bitstream, IsRefusedForAnotherPartDesignOrFingerprint) {
  const auto code = [](const std::string& part, const std::string& design) {
    const Bitstream bitstream = parse_bitstream(bit_file(part, design), "a.bit");
    return refusal_of([&] { check_bitstream(bitstream, "xc7z020", 0x1234abcd); });
  };
  EXPECT_EQ(code("7z020clg400", kDesign).code, "(no refusal)");
  const Refusal part = code("7z010clg400", kDesign);
  EXPECT_EQ(part.code, "fpga.bitstream.part");
  EXPECT_NE(part.message.find("7z010clg400 in place of xc7z020"), std::string::npos);
  EXPECT_EQ(code("7z020clg400", "base_wrapper;UserID=0XFFFFFFFF").code, "fpga.bitstream.foreign");
  EXPECT_EQ(code("7z020clg400", "cortado_top").code, "fpga.bitstream.foreign");
  const Refusal old = code("7z020clg400", "cortado_top;UserID=0X00000001");
  EXPECT_EQ(old.code, "fpga.bitstream.fingerprint");
  EXPECT_NE(old.message.find("00000001 in place of 1234abcd"), std::string::npos);
}

// Cut off anywhere, and with any byte of the header changed: a refusal or a bitstream, never anything else.
TEST(Bitstream, DamagedFilesAreRefused) {
  const std::string whole = bit_file("7z020clg400", kDesign);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(refusal_of([&] { parse_bitstream(whole.substr(0, length), "a.bit"); }).code,
              "fpga.bitstream.damaged")
        << length;
  }
  EXPECT_EQ(refusal_of([&] { parse_bitstream(whole + "more", "a.bit"); }).code, "fpga.bitstream.damaged");
  for (std::size_t at = 0; at < whole.size() - 256; ++at) {
    for (const char mask : {'\x01', '\x80', '\xff'}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ mask);
      const std::string code = refusal_of([&] { parse_bitstream(changed, "a.bit"); }).code;
      EXPECT_TRUE(code == "(no refusal)" || code == "fpga.bitstream.damaged") << at << " " << code;
    }
  }
  std::string asleep = whole;
  asleep[whole.size() - 256 + 32] = 0;
  EXPECT_EQ(refusal_of([&] { parse_bitstream(asleep, "a.bit"); }).code, "fpga.bitstream.damaged");
  const std::string odd = bit_file("7z020clg400", kDesign, 63);
  EXPECT_EQ(refusal_of([&] { parse_bitstream(odd, "a.bit"); }).code, "(no refusal)");
}

TEST(Bitstream, AFileThatIsNotThereIsNamed) {
  const Refusal refusal = refusal_of([] { read_bitstream("/nowhere/a.bit"); });
  EXPECT_EQ(refusal.code, "fpga.bitstream.read");
  EXPECT_NE(refusal.message.find("/nowhere/a.bit"), std::string::npos);
}

}  // namespace
}  // namespace cortado::test
