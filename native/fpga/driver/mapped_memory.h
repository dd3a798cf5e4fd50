// A part of a device file in this process's memory, unmapped with the object.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cortado {

class MappedMemory {
 public:
  MappedMemory() = default;
  // Maps [offset, offset + bytes) of the file; the offset need not be a page's. Check mapped().
  MappedMemory(int file, std::uint64_t offset, std::size_t bytes);
  ~MappedMemory();
  MappedMemory(MappedMemory&& other) noexcept;
  MappedMemory& operator=(MappedMemory&& other) noexcept;
  MappedMemory(const MappedMemory&) = delete;
  MappedMemory& operator=(const MappedMemory&) = delete;

  bool mapped() const { return start_ != nullptr; }
  std::uint8_t* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

  // Registers: one access of 32 bits each, in the order of the program.
  std::uint32_t read32(std::size_t offset) const;
  void write32(std::size_t offset, std::uint32_t value) const;
  // The same where nothing may answer: false in place of a bus error that would end the program.
  bool try_read32(std::size_t offset, std::uint32_t& value) const;

 private:
  void unmap();

  void* start_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::uint8_t* data_ = nullptr;
  std::size_t bytes_ = 0;
};

// Everything written before is in memory, as far as uncached writes go, before anything after it begins.
void memory_barrier();

}  // namespace cortado
