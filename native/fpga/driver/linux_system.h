// What the driver needs of Linux: files of sysfs and /dev below a root that tests replace.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cortado {

// An open file, closed with the object.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int number() const { return number_; }
  bool open() const { return number_ >= 0; }
  int release();

 private:
  int number_ = -1;
};

class LinuxSystem {
 public:
  explicit LinuxSystem(std::string root = {}) : root_(std::move(root)) {}
  virtual ~LinuxSystem() = default;
  LinuxSystem(const LinuxSystem&) = delete;
  LinuxSystem& operator=(const LinuxSystem&) = delete;

  std::string path(const std::string& absolute) const { return root_ + absolute; }
  bool exists(const std::string& absolute) const;
  // Names in a folder, sorted; none where it cannot be read.
  std::vector<std::string> names(const std::string& folder) const;
  // Without the newline at the end; empty where it cannot be read.
  std::string text(const std::string& file) const;
  // As the kernel writes them: decimal, or hexadecimal behind 0x.
  std::optional<std::uint64_t> number(const std::string& file) const;
  // The bytes of a device tree's property; empty where it cannot be read.
  std::string property(const std::string& file) const;

  // Closed where there is no such file. Refuses with fpga.permission where the user may not open it, and with
  // fpga.device where it fails otherwise.
  FileDescriptor open(const std::string& file, int flags) const;

  // Writes a sysfs file whole; 0, or the error's number.
  virtual int write_text(const std::string& file, const std::string& text);
  virtual int ioctl(int file, unsigned long request, void* argument);
  virtual ssize_t read(int file, void* to, std::size_t bytes);
  virtual ssize_t write(int file, const void* from, std::size_t bytes);
  virtual bool wait_readable(int file, std::chrono::milliseconds limit);

 private:
  std::string root_;
};

// A user without the right to use a file: who it is, whose the file is, and what to do.
[[noreturn]] void refuse_permission(const LinuxSystem& system, const std::string& file);

}  // namespace cortado
