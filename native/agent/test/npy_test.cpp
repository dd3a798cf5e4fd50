#include "npy.h"

#include <gtest/gtest.h>

#include <cstring>

#include "refusal.h"
#include "temporary_folder.h"
#include "text_file.h"

namespace cortado {
namespace {

using test::TemporaryFolder;

std::string npy(const std::string& dictionary, const std::string& data) {
  std::string header = dictionary;
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string text = "\x93NUMPY";
  text += {'\x01', '\x00', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
  return text + header + data;
}

std::string dictionary(const std::string& descr, const std::string& shape,
                       const std::string& order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

std::string refusal_of(const TemporaryFolder& folder, const std::string& bytes) {
  folder.write("in.npy", bytes);
  try {
    read_npy(folder.file("in.npy"), {1, 2, 3});
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return "not refused";
}

TEST(Npy, ReadsPixelsWithAndWithoutTheBatch) {
  const TemporaryFolder folder;
  for (const char* shape : {"(1, 2, 3)", "(2, 3)", "(2,3,)"}) {
    folder.write("in.npy", npy(dictionary("|u1", shape), "abcdef"));
    const NpyArray array = read_npy(folder.file("in.npy"), {1, 2, 3});
    EXPECT_EQ(array.type, NpyType::kUint8);
    EXPECT_EQ(std::string(array.bytes.begin(), array.bytes.end()), "abcdef");
  }
}

TEST(Npy, WritesWhatItReads) {
  const TemporaryFolder folder;
  const std::vector<float> values = {1.5F, -2, 3e-30F, 4, 5, 6};
  write_npy(folder.file("out.npy"), {2, 3}, values);
  EXPECT_EQ(folder.names_text(), "out.npy ") << "no temporary file is left";
  const NpyArray array = read_npy(folder.file("out.npy"), {2, 3});
  EXPECT_EQ(array.type, NpyType::kFloat32);
  ASSERT_EQ(array.bytes.size(), 24U);
  EXPECT_EQ(std::memcmp(array.bytes.data(), values.data(), 24), 0);
  // NumPy wants the data to start at a multiple of 64.
  EXPECT_EQ(read_text_file(folder.file("out.npy")).find('\n'), 127U);
}

TEST(Npy, RefusesOtherFiles) {
  const TemporaryFolder folder;
  EXPECT_EQ(refusal_of(folder, ""), "input.unreadable");
  EXPECT_EQ(refusal_of(folder, "\x89PNG and so on, long enough for a header"), "input.unreadable");
  EXPECT_EQ(refusal_of(folder, npy(dictionary("<f8", "(1, 2, 3)"), std::string(48, 'x'))),
            "input.unreadable");
  EXPECT_EQ(refusal_of(folder, npy(dictionary(">f4", "(1, 2, 3)"), std::string(24, 'x'))),
            "input.unreadable");
  EXPECT_EQ(refusal_of(folder, npy(dictionary("|u1", "(1, 2, 3)", "True"), "abcdef")), "input.unreadable");
  EXPECT_EQ(refusal_of(folder, npy(dictionary("|u1", "(1, 2, 3)"), "abcde")), "input.unreadable");
  EXPECT_EQ(refusal_of(folder, npy(dictionary("|u1", "(1, 2, 3)"), "abcdefg")), "input.unreadable");
  EXPECT_EQ(refusal_of(folder, npy(dictionary("|u1", "(1, 2"), "abcdef")), "input.unreadable");
  EXPECT_EQ(refusal_of(folder, npy(dictionary("|u1", "3"), "abcdef")), "input.unreadable");
  EXPECT_EQ(refusal_of(folder, npy("{}", "abcdef")), "input.unreadable");
  EXPECT_EQ(refusal_of(folder, npy(dictionary("|u1", "(3, 2)"), "abcdef")), "input.shape");
  EXPECT_EQ(refusal_of(folder, npy(dictionary("|u1", "(99999999999999999999, 2)"), "abcdef")),
            "input.unreadable");
}

TEST(Npy, NamesAFolderThatIsNotThere) {
  try {
    write_npy("/nonexistent/folder/out.npy", {1}, {0});
    FAIL();
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code, "output.unwritable");
  }
}

}  // namespace
}  // namespace cortado
