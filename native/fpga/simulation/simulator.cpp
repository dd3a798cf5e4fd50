// A simulated accelerator for a process that cannot load a shared library itself, as the agent, which is
// static.
//
//   cortado-fpga-simulator LIBRARY MEMORY_FD MEMORY_BYTES MEMORY_BASE BYTES_PER_CYCLE LATENCY
//
// The memory is a file that both map. Requests are lines on stdin, each answered by a line on stdout:
//   read OFFSET           the register's value
//   write OFFSET VALUE    "ok"
//   wait CYCLES           1 once the interrupt line is high, 0 where it is not after so many cycles; then a
//   blank and
//                         what failed of AXI3's rules, if anything did
// It ends with its input.
#include <dlfcn.h>
#include <sys/mman.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "simlib.h"

namespace {

template <typename Function>
Function find(void* library, const char* name) {
  void* symbol = dlsym(library, name);
  if (symbol == nullptr) {
    std::fprintf(stderr, "no function %s in the library\n", name);
    std::exit(2);
  }
  return reinterpret_cast<Function>(symbol);
}

struct Library {
  explicit Library(void* handle)
      : open(find<decltype(&cortado_fpga_sim_open)>(handle, "cortado_fpga_sim_open")),
        close(find<decltype(&cortado_fpga_sim_close)>(handle, "cortado_fpga_sim_close")),
        read(find<decltype(&cortado_fpga_sim_read)>(handle, "cortado_fpga_sim_read")),
        write(find<decltype(&cortado_fpga_sim_write)>(handle, "cortado_fpga_sim_write")),
        wait(find<decltype(&cortado_fpga_sim_wait_interrupt)>(handle, "cortado_fpga_sim_wait_interrupt")),
        protocol(
            find<decltype(&cortado_fpga_sim_protocol_error)>(handle, "cortado_fpga_sim_protocol_error")) {}

  decltype(&cortado_fpga_sim_open) open;
  decltype(&cortado_fpga_sim_close) close;
  decltype(&cortado_fpga_sim_read) read;
  decltype(&cortado_fpga_sim_write) write;
  decltype(&cortado_fpga_sim_wait_interrupt) wait;
  decltype(&cortado_fpga_sim_protocol_error) protocol;
};

// False where the line is no request.
bool answer(const Library& library, cortado_fpga_sim* sim, const char* line) {
  std::uint32_t offset = 0, value = 0;
  std::uint64_t cycles = 0;
  if (std::sscanf(line, "read %" SCNu32, &offset) == 1) {
    std::printf("%" PRIu32 "\n", library.read(sim, offset));
  } else if (std::sscanf(line, "write %" SCNu32 " %" SCNu32, &offset, &value) == 2) {
    library.write(sim, offset, value);
    std::printf("ok\n");
  } else if (std::sscanf(line, "wait %" SCNu64, &cycles) == 1) {
    const int raised = library.wait(sim, cycles);
    std::printf("%d %s\n", raised, library.protocol(sim));
  } else {
    return false;
  }
  return std::fflush(stdout) == 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 7) {
    std::fprintf(stderr, "cortado-fpga-simulator: six arguments are needed\n");
    return 2;
  }
  void* handle = dlopen(arguments[1], RTLD_NOW);
  if (handle == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 2;
  }
  const std::uint64_t bytes = std::strtoull(arguments[3], nullptr, 0);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, std::atoi(arguments[2]), 0);
  if (memory == MAP_FAILED) {
    std::perror("the shared memory");
    return 2;
  }
  const Library library(handle);
  cortado_fpga_sim_config config{};
  config.memory_bytes = bytes;
  config.memory_base = static_cast<std::uint32_t>(std::strtoul(arguments[4], nullptr, 0));
  config.bytes_per_cycle = std::atof(arguments[5]);
  config.latency_cycles = static_cast<std::uint32_t>(std::strtoul(arguments[6], nullptr, 0));
  config.seed = 1;
  config.memory = static_cast<std::uint8_t*>(memory);
  cortado_fpga_sim* sim = library.open(&config);
  if (sim == nullptr) {
    std::fprintf(stderr, "no memory for the simulation\n");
    return 2;
  }
  char line[128];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    if (answer(library, sim, line)) continue;
    std::fprintf(stderr, "no request: %s", line);
    return 2;
  }
  library.close(sim);
  return 0;
}
