// Memory on a cache line's border, every byte of it the same at first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

namespace cortado::neon {

inline constexpr std::size_t kCacheLine = 64;

constexpr std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

template <typename T>
class AlignedBuffer {
 public:
  explicit AlignedBuffer(std::size_t count, std::uint8_t byte = 0)
      : bytes_(round_up(count * sizeof(T), kCacheLine)),
        data_(static_cast<T*>(::operator new (bytes_, std::align_val_t{kCacheLine}))) {
    std::memset(data_.get(), byte, bytes_);
  }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Release {
    void operator()(T* pointer) const { ::operator delete (pointer, std::align_val_t{kCacheLine}); }
  };
  std::size_t bytes_;
  std::unique_ptr<T, Release> data_;
};

}  // namespace cortado::neon
