// The accelerator's RTL as a device: registers, its memory and a clock, behind a C interface that a driver
// can load from a shared library. One library holds one configuration of the accelerator.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cortado_fpga_sim cortado_fpga_sim;

typedef struct {
  uint64_t memory_bytes;
  uint32_t memory_base;      // physical address of its first byte
  double bytes_per_cycle;    // all ports together, both directions; 0 for no limit
  uint32_t latency_cycles;   // from a read's address to its first beat, and from a write's last beat to its
                             // response
  double stall_probability;  // that a handshake of a port is held back in a cycle, for tests
  uint64_t seed;             // of the stalls
  uint8_t* memory;           // somebody else's that outlives the simulation; null: its own
} cortado_fpga_sim_config;

// Null where the memory cannot be had.
cortado_fpga_sim* cortado_fpga_sim_open(const cortado_fpga_sim_config* config);
void cortado_fpga_sim_close(cortado_fpga_sim* sim);

// AXI-Lite accesses; they take cycles.
uint32_t cortado_fpga_sim_read(cortado_fpga_sim* sim, uint32_t offset);
void cortado_fpga_sim_write(cortado_fpga_sim* sim, uint32_t offset, uint32_t value);

uint8_t* cortado_fpga_sim_memory(cortado_fpga_sim* sim);
uint64_t cortado_fpga_sim_cycles(const cortado_fpga_sim* sim);
void cortado_fpga_sim_step(cortado_fpga_sim* sim, uint64_t cycles);

// Runs until the interrupt line is high, at most so many cycles; tells whether it is.
int cortado_fpga_sim_wait_interrupt(cortado_fpga_sim* sim, uint64_t max_cycles);

// Bursts that touch [begin, end) are answered with SLVERR; an empty range ends that.
void cortado_fpga_sim_fail_range(cortado_fpga_sim* sim, uint32_t begin, uint32_t end);

// What the last failing protocol check said; empty while the accelerator kept to AXI3.
const char* cortado_fpga_sim_protocol_error(const cortado_fpga_sim* sim);

#ifdef __cplusplus
}
#endif
