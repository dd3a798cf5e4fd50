// The simulated accelerator as the tests use it: places things in memory, runs a program, counts.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "../program.h"
#include "../simlib.h"

namespace cortado::fpga {

struct RunResult {
  bool interrupted;
  std::uint32_t status;
  std::uint32_t cycles, mac_active, wait_weights, wait_tokens, wait_drain, vec_active;
  std::uint32_t read_beats, write_beats;
};

class Device {
 public:
  static constexpr std::uint32_t kBase = 0x10000000;

  explicit Device(double stall = 0, std::uint64_t seed = 1, double bytes_per_cycle = 0,
                  std::uint32_t latency = 30, std::uint64_t bytes = 16U << 20) {
    const cortado_fpga_sim_config config{bytes, kBase, bytes_per_cycle, latency, stall, seed, nullptr};
    sim_ = cortado_fpga_sim_open(&config);
    for (unsigned i = 0; i < 4; ++i) cortado_fpga_sim_write(sim_, 0x20 + 4 * i, kBase);
    cortado_fpga_sim_write(sim_, 0x10, 3);
    cortado_fpga_sim_write(sim_, 0x30, 20000);
  }
  ~Device() { cortado_fpga_sim_close(sim_); }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  cortado_fpga_sim* sim() { return sim_; }
  unsigned banks() { return cortado_fpga_sim_read(sim_, 4) >> 28; }
  unsigned blocks() { return cortado_fpga_sim_read(sim_, 4) >> 24 & 15; }
  unsigned depth() { return cortado_fpga_sim_read(sim_, 4) >> 16 & 255; }
  unsigned weight_rows() { return cortado_fpga_sim_read(sim_, 4) & 0xffff; }
  std::uint8_t* memory() { return cortado_fpga_sim_memory(sim_); }

  // Offset of new space, zeroed by the caller if need be.
  std::uint32_t allocate(std::size_t bytes, std::uint32_t alignment = 128) {
    next_ = (next_ + alignment - 1) / alignment * alignment;
    const std::uint32_t at = next_;
    next_ += static_cast<std::uint32_t>(bytes);
    return at;
  }
  template <typename T>
  std::uint32_t place(const std::vector<T>& data, std::uint32_t alignment = 128) {
    const std::uint32_t at = allocate(data.size() * sizeof(T), alignment);
    std::memcpy(memory() + at, data.data(), data.size() * sizeof(T));
    return at;
  }
  void forget_allocations() { next_ = 0; }

  RunResult run(const Program& program, std::uint64_t max_cycles = 100'000'000) {
    const std::uint32_t at = place(program.words());
    write(0x18, kBase + at);
    write(0x1c, static_cast<std::uint32_t>(program.words().size()));
    write(0x08, 1);
    RunResult r{};
    r.interrupted = cortado_fpga_sim_wait_interrupt(sim_, max_cycles) != 0;
    r.status = read(0x0c);
    write(0x14, 3);
    r.cycles = read(0x40);
    r.mac_active = read(0x48);
    r.wait_weights = read(0x4c);
    r.wait_tokens = read(0x50);
    r.wait_drain = read(0x54);
    r.vec_active = read(0x58);
    r.read_beats = read(0x5c) + read(0x60) + read(0x64) + read(0x68);
    r.write_beats = read(0x6c);
    return r;
  }
  void soft_reset() {
    write(0x08, 2);
    while ((read(0x0c) & 1) != 0) cortado_fpga_sim_step(sim_, 16);
  }

  std::uint32_t read(std::uint32_t offset) { return cortado_fpga_sim_read(sim_, offset); }
  void write(std::uint32_t offset, std::uint32_t value) { cortado_fpga_sim_write(sim_, offset, value); }

 private:
  cortado_fpga_sim* sim_;
  std::uint32_t next_ = 0;
};

}  // namespace cortado::fpga
