// DDR behind four AXI3 ports: a bandwidth that all share, a latency, stalls at random, checks of the
// protocol.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace cortado::fpga {

struct DdrConfig {
  std::uint64_t memory_bytes = 1 << 20;
  std::uint8_t* memory = nullptr;  // somebody else's, which outlives the model; null: its own
  std::uint32_t memory_base = 0;
  double bytes_per_cycle = 0;
  std::uint32_t latency_cycles = 0;
  double stall_probability = 0;
  std::uint64_t seed = 1;
};

struct ReadPort {
  // Driven by the model in a cycle.
  bool arready = false, rvalid = false, rlast = false;
  std::uint8_t rresp = 0;
  std::uint64_t rdata = 0;
  // Seen at its end.
  bool arvalid = false, rready = false;
  std::uint32_t araddr = 0;
  std::uint8_t arlen = 0;
};

struct WritePort {
  bool awready = false, wready = false, bvalid = false;
  std::uint8_t bresp = 0;
  bool awvalid = false, wvalid = false, wlast = false, bready = false;
  std::uint32_t awaddr = 0;
  std::uint8_t awlen = 0, wstrb = 0;
  std::uint64_t wdata = 0;
};

class DdrModel {
 public:
  static constexpr unsigned kReadPorts = 4;

  explicit DdrModel(const DdrConfig& config);

  // Sets what the ports show in the cycle that begins.
  void drive();
  // Takes what was shaken hands on in the cycle that ends.
  void sample();

  std::array<ReadPort, kReadPorts> read;
  WritePort write;
  std::uint8_t* memory() { return memory_; }
  std::uint32_t fail_begin = 0, fail_end = 0;
  std::string protocol_error;

 private:
  struct Burst {
    std::uint32_t address;
    unsigned beats;
    std::uint64_t ready_at;
    bool fails;
  };
  bool stalled();
  bool spend();
  bool fails(std::uint32_t address, unsigned beats) const;
  void check_burst(std::uint32_t address, unsigned beats, const char* what);
  std::uint8_t* at(std::uint32_t address);

  DdrConfig config_;
  std::vector<std::uint8_t> own_memory_;
  std::uint8_t* memory_;
  std::mt19937_64 random_;
  std::uint64_t cycle_ = 0;
  double budget_ = 0;
  unsigned first_port_ = 0;
  std::array<std::deque<Burst>, kReadPorts> bursts_;
  std::deque<Burst> writes_;
  std::deque<std::pair<std::uint64_t, bool>> responses_;
};

}  // namespace cortado::fpga
