#include "ddr_model.h"

#include <algorithm>
#include <cstring>

namespace cortado::fpga {

namespace {
constexpr unsigned kBeatBytes = 8;
constexpr unsigned kAcceptance = 8;  // bursts that a port takes ahead
}  // namespace

DdrModel::DdrModel(const DdrConfig& config)
    : config_(config),
      own_memory_(config.memory == nullptr ? config.memory_bytes : 0),
      memory_(config.memory == nullptr ? own_memory_.data() : config.memory),
      random_(config.seed) {}

bool DdrModel::stalled() {
  if (config_.stall_probability <= 0) return false;
  return static_cast<double>(random_() >> 11) * 0x1p-53 < config_.stall_probability;
}

bool DdrModel::spend() {
  if (config_.bytes_per_cycle <= 0) return true;
  if (budget_ < kBeatBytes) return false;
  budget_ -= kBeatBytes;
  return true;
}

bool DdrModel::fails(std::uint32_t address, unsigned beats) const {
  return address < fail_end && address + beats * kBeatBytes > fail_begin;
}

std::uint8_t* DdrModel::at(std::uint32_t address) {
  const std::uint64_t offset = static_cast<std::uint64_t>(address) - config_.memory_base;
  if (address < config_.memory_base || offset + kBeatBytes > config_.memory_bytes) return nullptr;
  return memory_ + offset;
}

void DdrModel::check_burst(std::uint32_t address, unsigned beats, const char* what) {
  if (!protocol_error.empty()) return;
  if (address % kBeatBytes != 0) protocol_error = std::string(what) + ": address is not a multiple of 8";
  if (address / 4096 != (address + beats * kBeatBytes - 1) / 4096) {
    protocol_error = std::string(what) + ": burst crosses 4 KB";
  }
  if (at(address) == nullptr || at(address + (beats - 1) * kBeatBytes) == nullptr) {
    protocol_error = std::string(what) + ": outside the memory";
  }
}

void DdrModel::drive() {
  ++cycle_;
  budget_ = std::min(budget_ + config_.bytes_per_cycle, 16.0 * kBeatBytes);
  // The port that is served first changes, so that none starves.
  first_port_ = (first_port_ + 1) % (kReadPorts + 1);
  for (unsigned i = 0; i <= kReadPorts; ++i) {
    const unsigned index = (first_port_ + i) % (kReadPorts + 1);
    if (index == kReadPorts) {
      if (!write.wready) write.wready = !writes_.empty() && !stalled() && spend();
      continue;
    }
    ReadPort& port = read[index];
    std::deque<Burst>& queue = bursts_[index];
    port.arready = queue.size() < kAcceptance && !stalled();
    if (!port.rvalid && !queue.empty() && queue.front().ready_at <= cycle_ && !stalled() && spend()) {
      const Burst& burst = queue.front();
      const std::uint8_t* source = at(burst.address);
      port.rdata = 0;
      if (source != nullptr) std::memcpy(&port.rdata, source, kBeatBytes);
      port.rlast = burst.beats == 1;
      port.rresp = burst.fails ? 2 : 0;
      port.rvalid = true;
    }
  }
  write.awready = writes_.size() < kAcceptance && !stalled();
  if (!write.bvalid && !responses_.empty() && responses_.front().first <= cycle_ && !stalled()) {
    write.bvalid = true;
    write.bresp = responses_.front().second ? 2 : 0;
  }
}

void DdrModel::sample() {
  for (unsigned index = 0; index < kReadPorts; ++index) {
    ReadPort& port = read[index];
    std::deque<Burst>& queue = bursts_[index];
    if (port.rvalid && port.rready) {
      port.rvalid = false;
      queue.front().address += kBeatBytes;
      if (--queue.front().beats == 0) queue.pop_front();
    }
    if (port.arvalid && port.arready) {
      const unsigned beats = port.arlen + 1U;
      check_burst(port.araddr, beats, "read");
      queue.push_back({port.araddr, beats, cycle_ + config_.latency_cycles, fails(port.araddr, beats)});
    }
  }
  if (write.bvalid && write.bready) {
    write.bvalid = false;
    responses_.pop_front();
  }
  if (write.wvalid && write.wready) {
    write.wready = false;
    Burst& burst = writes_.front();
    if (std::uint8_t* target = at(burst.address); target != nullptr && !burst.fails) {
      for (unsigned i = 0; i < kBeatBytes; ++i) {
        if ((write.wstrb >> i & 1) != 0) target[i] = static_cast<std::uint8_t>(write.wdata >> (8 * i));
      }
    }
    burst.address += kBeatBytes;
    --burst.beats;
    if ((burst.beats == 0) != write.wlast && protocol_error.empty())
      protocol_error = "write: WLAST at a wrong beat";
    if (burst.beats == 0) {
      responses_.emplace_back(cycle_ + config_.latency_cycles, burst.fails);
      writes_.pop_front();
    }
  }
  if (write.awvalid && write.awready) {
    const unsigned beats = write.awlen + 1U;
    check_burst(write.awaddr, beats, "write");
    writes_.push_back({write.awaddr, beats, cycle_, fails(write.awaddr, beats)});
  }
}

}  // namespace cortado::fpga
