#include "linux_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "refusal.h"
#include "text_file.h"

namespace cortado {

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) close(number_);
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (number_ >= 0) close(number_);
    number_ = other.release();
  }
  return *this;
}

int FileDescriptor::release() { return std::exchange(number_, -1); }

bool LinuxSystem::exists(const std::string& absolute) const {
  return access(path(absolute).c_str(), F_OK) == 0;
}

std::vector<std::string> LinuxSystem::names(const std::string& folder) const {
  std::vector<std::string> names;
  DIR* directory = opendir(path(folder).c_str());
  if (directory == nullptr) return names;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  closedir(directory);
  std::sort(names.begin(), names.end());
  return names;
}

std::string LinuxSystem::text(const std::string& file) const { return read_text_file(path(file)); }

std::optional<std::uint64_t> LinuxSystem::number(const std::string& file) const {
  const std::string digits = text(file);
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(digits.c_str(), &end, 0);
  if (digits.empty() || *end != '\0') return std::nullopt;
  return value;
}

std::string LinuxSystem::property(const std::string& file) const {
  const FileDescriptor from(::open(path(file).c_str(), O_RDONLY | O_CLOEXEC));
  std::string bytes;
  char part[256];
  ssize_t got = 0;
  while (from.open() && (got = ::read(from.number(), part, sizeof part)) > 0) {
    bytes.append(part, static_cast<std::size_t>(got));
  }
  return bytes;
}

FileDescriptor LinuxSystem::open(const std::string& file, int flags) const {
  FileDescriptor opened(::open(path(file).c_str(), flags | O_CLOEXEC));
  if (opened.open() || errno == ENOENT || errno == ENODEV || errno == ENXIO) return opened;
  if (errno == EACCES || errno == EPERM) refuse_permission(*this, file);
  throw Refusal{"fpga.device", file + " cannot be opened: " + std::strerror(errno) + ".",
                "See what the kernel says of it (dmesg) and start again."};
}

int LinuxSystem::write_text(const std::string& file, const std::string& text) {
  const FileDescriptor to(::open(path(file).c_str(), O_WRONLY | O_CLOEXEC));
  if (!to.open()) return errno;
  const ssize_t written = ::write(to.number(), text.data(), text.size());
  if (written < 0) return errno;
  return static_cast<std::size_t>(written) == text.size() ? 0 : EIO;
}

int LinuxSystem::ioctl(int file, unsigned long request, void* argument) {
  return ::ioctl(file, request, argument);
}

ssize_t LinuxSystem::read(int file, void* to, std::size_t bytes) { return ::read(file, to, bytes); }

ssize_t LinuxSystem::write(int file, const void* from, std::size_t bytes) {
  return ::write(file, from, bytes);
}

bool LinuxSystem::wait_readable(int file, std::chrono::milliseconds limit) {
  pollfd wanted{file, POLLIN, 0};
  return poll(&wanted, 1, static_cast<int>(limit.count())) > 0;
}

namespace {

std::string group_name(gid_t group) {
  // getgrgid needs the C library's plug-ins, which a static program does not have: the file itself is enough.
  for (const std::string& line : split(read_text_file("/etc/group"), '\n')) {
    const std::vector<std::string> fields = split(line, ':');
    if (fields.size() > 2 && fields[2] == std::to_string(group)) return fields[0];
  }
  return std::to_string(group);
}

}  // namespace

void refuse_permission(const LinuxSystem& system, const std::string& file) {
  struct stat status {};
  std::string owner;
  if (stat(system.path(file).c_str(), &status) == 0)
    owner = ", which belongs to the group " + group_name(status.st_gid);
  throw Refusal{
      "fpga.permission",
      "The user with the number " + std::to_string(geteuid()) + " may not use " + file + owner + ".",
      "Log in as root, or let the user's group use the device: docs/fpga/linux.md has the udev rule "
      "(for this file: chgrp and chmod g+rw do it until the board starts again)."};
}

}  // namespace cortado
