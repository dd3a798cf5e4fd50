// Runs one program on a simulated accelerator: run_image LIBRARY IMAGE PROGRAM COUNT BASE0 BASE1 BASE2 BASE3
// BYTES_PER_CYCLE LATENCY STALL SEED. IMAGE is the memory's content, which is read, and written back after
// the run; PROGRAM and the bases are offsets in it. Prints the counters as JSON; exits with 1 where the run
// was not done.
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include "simlib.h"

namespace {

constexpr std::uint32_t kMemoryBase = 0x10000000;
constexpr std::uint32_t kWatchdogCycles = 200000;
constexpr std::uint64_t kMaxCycles = 2'000'000'000;

template <typename Function>
Function find(void* library, const char* name) {
  void* symbol = dlsym(library, name);
  if (symbol == nullptr) {
    std::fprintf(stderr, "no function %s in the library\n", name);
    std::exit(2);
  }
  return reinterpret_cast<Function>(symbol);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 13) {
    std::fprintf(stderr, "run_image: twelve arguments are needed\n");
    return 2;
  }
  void* library = dlopen(arguments[1], RTLD_NOW);
  if (library == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 2;
  }
  const auto open = find<decltype(&cortado_fpga_sim_open)>(library, "cortado_fpga_sim_open");
  const auto close = find<decltype(&cortado_fpga_sim_close)>(library, "cortado_fpga_sim_close");
  const auto read = find<decltype(&cortado_fpga_sim_read)>(library, "cortado_fpga_sim_read");
  const auto write = find<decltype(&cortado_fpga_sim_write)>(library, "cortado_fpga_sim_write");
  const auto memory = find<decltype(&cortado_fpga_sim_memory)>(library, "cortado_fpga_sim_memory");
  const auto wait =
      find<decltype(&cortado_fpga_sim_wait_interrupt)>(library, "cortado_fpga_sim_wait_interrupt");
  const auto protocol =
      find<decltype(&cortado_fpga_sim_protocol_error)>(library, "cortado_fpga_sim_protocol_error");

  std::ifstream file(arguments[2], std::ios::binary);
  const std::vector<char> image{std::istreambuf_iterator<char>(file), {}};
  file.close();
  const auto number = [&](int index) {
    return static_cast<std::uint32_t>(std::strtoul(arguments[index], nullptr, 0));
  };
  const cortado_fpga_sim_config config{(image.size() + 4095) / 4096 * 4096,
                                       kMemoryBase,
                                       std::atof(arguments[9]),
                                       number(10),
                                       std::atof(arguments[11]),
                                       number(12),
                                       nullptr};
  cortado_fpga_sim* sim = open(&config);
  if (sim == nullptr) {
    std::fprintf(stderr, "no memory for the image\n");
    return 2;
  }
  std::copy(image.begin(), image.end(), memory(sim));
  for (int i = 0; i < 4; ++i) write(sim, 0x20 + 4 * i, kMemoryBase + number(5 + i));
  write(sim, 0x10, 3);
  write(sim, 0x30, kWatchdogCycles);
  write(sim, 0x18, kMemoryBase + number(3));
  write(sim, 0x1c, number(4));
  write(sim, 0x08, 1);
  const bool interrupted = wait(sim, kMaxCycles) != 0;
  const std::uint32_t status = read(sim, 0x0c);
  const auto beats = [&](std::uint32_t offset) { return static_cast<unsigned long long>(read(sim, offset)); };
  std::printf(
      "{\"interrupted\": %s, \"status\": %u, \"cycles\": %u, \"arrayActive\": %u, \"waitWeights\": %u, "
      "\"waitTokens\": %u, \"waitDrain\": %u, \"vectorActive\": %u, \"readBytes\": %llu, \"writeBytes\": "
      "%llu, "
      "\"protocol\": \"%s\"}\n",
      interrupted ? "true" : "false", status, read(sim, 0x40), read(sim, 0x48), read(sim, 0x4c),
      read(sim, 0x50), read(sim, 0x54), read(sim, 0x58),
      8 * (beats(0x5c) + beats(0x60) + beats(0x64) + beats(0x68)), 8 * beats(0x6c), protocol(sim));
  std::ofstream(arguments[2], std::ios::binary)
      .write(reinterpret_cast<const char*>(memory(sim)), static_cast<std::streamsize>(image.size()));
  close(sim);
  return interrupted && (status & 7) == 2 ? 0 : 1;
}
