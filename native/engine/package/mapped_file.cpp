#include "package/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "refusal.h"

namespace cortado {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

[[noreturn]] void refuse_unreadable(const std::string& path, const char* reason) {
  throw Refusal{"package.unreadable", "The package " + path + " cannot be read: " + reason + ".",
                "Check the path and its permissions."};
}

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) refuse_unreadable(path, std::strerror(errno));
  struct stat status {};
  if (fstat(file.get(), &status) != 0) refuse_unreadable(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) refuse_unreadable(path, "it is not a file");
  if (status.st_size == 0) refuse_damaged("The package " + path + " is empty.");
  // The format's offsets reach 2^31 bytes; sizes beyond are refused with the content, not here.
  if (static_cast<std::uint64_t>(status.st_size) > SIZE_MAX) {
    refuse_memory("The package is larger than this board's address space.");
  }
  size_ = static_cast<std::size_t>(status.st_size);
  void* mapped = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (mapped == MAP_FAILED) {
    if (errno == ENOMEM) {
      refuse_memory("There is no room to map the package's " + std::to_string(size_) + " bytes.");
    }
    refuse_unreadable(path, std::strerror(errno));
  }
  data_ = static_cast<const std::uint8_t*>(mapped);
}

MappedFile::~MappedFile() { munmap(const_cast<std::uint8_t*>(data_), size_); }

}  // namespace cortado
