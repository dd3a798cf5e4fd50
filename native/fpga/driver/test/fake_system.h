// A board made of plain files: sysfs and /dev below a temporary folder, with what the kernel would answer.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "linux_system.h"
#include "refusal.h"

namespace cortado::test {

// A folder for one test, removed with everything below it.
class FakeRoot {
 public:
  FakeRoot() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base == nullptr ? "/tmp" : base) + "/cortado-board-XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~FakeRoot() { (void)!std::system(("rm -rf '" + path_ + "'").c_str()); }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;

  const std::string& path() const { return path_; }

  void write(const std::string& file, const std::string& bytes) const {
    make_folders(file);
    std::ofstream(path_ + file, std::ios::binary) << bytes;
  }

  // A device of so many bytes, sparse.
  void device(const std::string& file, std::uint64_t bytes) const {
    write(file, "");
    ASSERT_EQ(truncate((path_ + file).c_str(), static_cast<off_t>(bytes)), 0);
  }

  void word(const std::string& file, std::uint64_t offset, std::uint32_t value) const {
    std::FILE* to = std::fopen((path_ + file).c_str(), "r+b");
    ASSERT_NE(to, nullptr);
    ASSERT_EQ(fseeko(to, static_cast<off_t>(offset), SEEK_SET), 0);
    ASSERT_EQ(std::fwrite(&value, sizeof value, 1, to), 1U);
    std::fclose(to);
  }

  std::uint32_t word(const std::string& file, std::uint64_t offset) const {
    std::uint32_t value = 0;
    std::FILE* from = std::fopen((path_ + file).c_str(), "rb");
    EXPECT_NE(from, nullptr);
    fseeko(from, static_cast<off_t>(offset), SEEK_SET);
    EXPECT_EQ(std::fread(&value, sizeof value, 1, from), 1U);
    std::fclose(from);
    return value;
  }

  std::string text(const std::string& file) const {
    std::ifstream from(path_ + file, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
  }

 private:
  void make_folders(const std::string& file) const {
    for (std::size_t at = file.find('/', 1); at != std::string::npos; at = file.find('/', at + 1)) {
      mkdir((path_ + file.substr(0, at)).c_str(), 0755);
    }
  }

  std::string path_;
};

// The kernel's part, as far as files cannot play it.
class FakeSystem : public LinuxSystem {
 public:
  explicit FakeSystem(const FakeRoot& root) : LinuxSystem(root.path()) {}

  // Called instead of the write where a sysfs file has an entry; the number is the error.
  std::map<std::string, std::function<int(const std::string&)>> on_write;
  std::function<int(unsigned long, void*)> on_ioctl = [](unsigned long, void*) { return ENOTTY; };
  std::function<bool()> on_wait = [] { return false; };
  bool interrupts = true;
  int allowed = 0;  // how often an interrupt was allowed again

  int write_text(const std::string& file, const std::string& text) override {
    const auto entry = on_write.find(file);
    return entry == on_write.end() ? LinuxSystem::write_text(file, text) : entry->second(text);
  }
  int ioctl(int, unsigned long request, void* argument) override {
    errno = on_ioctl(request, argument);
    return errno == 0 ? 0 : -1;
  }
  ssize_t write(int file, const void* from, std::size_t bytes) override {
    if (bytes != 4) return LinuxSystem::write(file, from, bytes);
    ++allowed;
    errno = EIO;
    return interrupts ? static_cast<ssize_t>(bytes) : -1;
  }
  ssize_t read(int, void*, std::size_t bytes) override { return static_cast<ssize_t>(bytes); }
  bool wait_readable(int, std::chrono::milliseconds) override { return on_wait(); }
};

// The refusal that an action ends with; a code that is none where it does not.
template <typename Action>
Refusal refusal_of(Action&& action) {
  try {
    action();
  } catch (const Refusal& refusal) {
    EXPECT_FALSE(refusal.message.empty());
    EXPECT_FALSE(refusal.advice.empty());
    return refusal;
  }
  return {"(no refusal)", "", ""};
}

// A .bit file as Vivado writes it.
inline std::string bit_file(const std::string& part, const std::string& design, std::size_t words = 64) {
  std::string bytes("\x00\x09\x0f\xf0\x0f\xf0\x0f\xf0\x0f\xf0\x00\x00\x01", 13);
  const auto field = [&](char key, const std::string& text) {
    bytes += key;
    bytes += static_cast<char>((text.size() + 1) >> 8);
    bytes += static_cast<char>(text.size() + 1);
    bytes += text;
    bytes += '\0';
  };
  field('a', design);
  field('b', part);
  field('c', "2026/01/31");
  field('d', "12:34:56");
  bytes += 'e';
  const std::size_t size = words * 4;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift);
  for (std::size_t at = 0; at < size; ++at) {
    constexpr unsigned char kSync[] = {0xaa, 0x99, 0x55, 0x66};
    bytes += at >= 32 && at < 36 ? static_cast<char>(kSync[at - 32]) : static_cast<char>(at < 32 ? 0xff : at);
  }
  return bytes;
}

}  // namespace cortado::test
