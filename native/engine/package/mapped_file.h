#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace cortado {

// A file mapped into memory for reading. Refuses with package.unreadable where it cannot be opened and with
// package.memory where there is no room for it.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::uint8_t* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace cortado
