// Memory that is asked for in one piece, and how much there is.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cortado {

// Bytes of the whole board's memory, 0 where that is unknown.
std::uint64_t total_memory();

// Bytes that can be taken without pushing other programs out (MemAvailable), 0 where that is unknown.
std::uint64_t available_memory();

// Refuses with package.memory where `bytes` are more than there is.
void require_memory(std::uint64_t bytes);

// Zeroed, aligned to a page.
class Arena {
 public:
  // Refuses with package.memory where there is no room.
  explicit Arena(std::uint64_t bytes);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  std::uint8_t* data() const { return data_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_;
};

}  // namespace cortado
