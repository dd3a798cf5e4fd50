// An assembler for the accelerator: instructions by their fields (docs/fpga/instructions.md), refused where a
// value does not fit its field.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace cortado::fpga {

enum Queue : unsigned { kLoad = 1, kConv = 2, kVec = 4, kStore = 8 };  // bits of token fields

struct Tokens {
  unsigned take = 0, post = 0, early = 0;
};

// A pixel of the activation buffer as a flat index; negative ones wrap, as the hardware does.
struct Flat {
  std::int64_t index;
};

struct Window {
  unsigned kernel_width, kernel_height;
  Flat kx_step, ky_step;
  unsigned plane_step;  // words
  unsigned dilation_x, dilation_y;
  unsigned width, pad_x, stride_x, stride_y;
  std::int64_t row_jump;  // words
  int pad_level = 0;      // int8
};

enum VecOp : unsigned { kMac = 0, kSum = 1, kMax = 2 };

struct Output {
  unsigned out_width;
  Flat row_skip;
  unsigned plane_step;
  int low, high;
  bool leaky = false, raw = false;
  VecOp op = kMac;
  bool pair = false, shared_params = false, shared_weights = false;
  int zero = 0;  // int8
};

struct Region {
  Flat in;
  unsigned x0;
  int y0;
  unsigned rows, pixels;
  Flat out;
  unsigned param_row, planes;
};

class Program {
 public:
  explicit Program(unsigned banks) : banks_(banks) {}

  void set_walk(bool store, unsigned width, Flat row_skip, unsigned plane_step, unsigned memory_plane_words,
                bool narrow = false) {
    begin(store ? 11 : 1, {});
    field(16, 10, width);
    position(26, row_skip);
    field(42, 13, plane_step);
    field(55, 22, memory_plane_words);
    field(77, 1, narrow);
  }
  void transfer(bool store, std::uint32_t offset, unsigned pixels, unsigned planes, Flat at, unsigned x0,
                Tokens tokens) {
    begin(store ? 12 : 2, tokens);
    field(16, 32, offset);
    field(50, 17, pixels - 1);
    field(67, 8, planes - 1);
    position(75, at);
    field(91, 10, x0);
  }
  void load_params(std::uint32_t offset, unsigned words, bool vec_weights, unsigned row, Tokens tokens) {
    begin(3, tokens);
    field(16, 32, offset);
    field(50, 12, words - 1);
    field(62, 1, vec_weights);
    field(63, 9, row);
  }
  void load_weights(std::uint32_t offset, unsigned sets) {
    begin(4, {});
    field(16, 32, offset);
    field(50, 16, sets - 1);
  }
  void set_window(bool vec, const Window& w) {
    begin(vec ? 8 : 5, {});
    field(16, 6, w.kernel_width - 1);
    field(22, 6, w.kernel_height - 1);
    position(28, w.kx_step);
    position(44, w.ky_step);
    field(60, 13, w.plane_step);
    field(73, 4, w.dilation_x);
    field(77, 4, w.dilation_y);
    field(81, 10, w.width);
    field(91, 6, w.pad_x);
    field(97, 3, w.stride_x);
    field(100, 3, w.stride_y);
    field(103, 13, static_cast<std::uint64_t>(w.row_jump) & 0x1fff);
    field(116, 8, static_cast<std::uint8_t>(w.pad_level));
  }
  void set_output(bool vec, const Output& o) {
    begin(vec ? 9 : 6, {});
    field(16, 10, o.out_width);
    position(26, o.row_skip);
    field(42, 13, o.plane_step);
    field(55, 8, static_cast<std::uint8_t>(o.low));
    field(63, 8, static_cast<std::uint8_t>(o.high));
    field(71, 1, o.leaky);
    field(72, 1, o.raw);
    field(73, 2, o.op);
    field(75, 1, o.pair);
    field(76, 1, o.shared_params);
    field(77, 1, o.shared_weights);
    field(78, 8, static_cast<std::uint8_t>(o.zero));
  }
  void conv(const Region& r, unsigned last_cols, unsigned eighths, bool first, bool last, bool keep,
            Tokens tokens) {
    begin(7, tokens);
    region(r);
    field(113, 2, last_cols - 1);
    field(115, 2, eighths - 1);
    field(117, 1, first);
    field(118, 1, last);
    field(119, 1, keep);
  }
  void vec(const Region& r, unsigned weight_row, Tokens tokens) {
    begin(10, tokens);
    region(r);
    field(113, 9, weight_row);
  }
  void sync(Tokens tokens) { begin(13, tokens); }
  void stamp(std::uint32_t offset, unsigned tag, Tokens tokens) {
    begin(14, tokens);
    field(16, 32, offset);
    field(50, 16, tag);
  }
  void end(Tokens tokens) { begin(15, tokens); }
  void raw(std::uint64_t low, std::uint64_t high) { words_.push_back({low, high}); }

  const std::vector<std::array<std::uint64_t, 2>>& words() const { return words_; }

 private:
  void begin(unsigned op, Tokens tokens) {
    words_.push_back({0, 0});
    field(0, 4, op);
    field(4, 4, tokens.take);
    field(8, 4, tokens.post);
    field(12, 4, tokens.early);
  }
  void field(unsigned bit, unsigned width, std::uint64_t value) {
    if (width < 64 && value >> width != 0)
      throw std::out_of_range("a field of the instruction is too narrow");
    for (unsigned i = 0; i < width; ++i) {
      if ((value >> i & 1) != 0) words_.back()[(bit + i) / 64] |= std::uint64_t{1} << ((bit + i) % 64);
    }
  }
  void position(unsigned bit, Flat flat) {
    const std::int64_t n = banks_;
    const std::int64_t r = (flat.index % n + n) % n;
    field(bit, 13, static_cast<std::uint64_t>((flat.index - r) / n) & 0x1fff);
    field(bit + 13, 3, static_cast<std::uint64_t>(r));
  }
  void region(const Region& r) {
    const unsigned groups = (r.pixels + banks_ - 1) / banks_;
    position(16, r.in);
    field(32, 10, r.x0);
    field(42, 12, static_cast<std::uint64_t>(r.y0) & 0xfff);
    field(54, 10, r.rows);
    field(64, 13, groups - 1);
    field(77, 3, r.pixels - (groups - 1) * banks_ - 1);
    position(80, r.out);
    field(96, 9, r.param_row);
    field(105, 8, r.planes - 1);
  }

  unsigned banks_;
  std::vector<std::array<std::uint64_t, 2>> words_;
};

}  // namespace cortado::fpga
