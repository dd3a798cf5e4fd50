#include "simlib.h"

#include <memory>
#include <new>

#include "Vaccelerator.h"
#include "ddr_model.h"
#include "verilated.h"

using cortado::fpga::DdrConfig;
using cortado::fpga::DdrModel;
using cortado::fpga::ReadPort;

struct cortado_fpga_sim {
  explicit cortado_fpga_sim(const DdrConfig& config) : ddr(config) { reset(); }
  ~cortado_fpga_sim() { top.final(); }

  void reset() {
    top.rst_ni = 0;
    top.ctl_bready_i = 1;
    top.ctl_rready_i = 1;
    for (int i = 0; i < 8; ++i) tick();
    top.rst_ni = 1;
    for (int i = 0; i < 16; ++i) tick();
  }

  void drive_read(const ReadPort& port, CData& arready, QData& rdata, CData& rresp, CData& rlast,
                  CData& rvalid) {
    arready = port.arready;
    rdata = port.rdata;
    rresp = port.rresp;
    rlast = port.rlast;
    rvalid = port.rvalid;
  }

  void sample_read(ReadPort& port, CData arvalid, IData araddr, CData arlen, CData rready) {
    port.arvalid = arvalid != 0;
    port.araddr = araddr;
    port.arlen = arlen;
    port.rready = rready != 0;
  }

  void tick() {
    ddr.drive();
    drive_read(ddr.read[0], top.hp0_arready_i, top.hp0_rdata_i, top.hp0_rresp_i, top.hp0_rlast_i,
               top.hp0_rvalid_i);
    drive_read(ddr.read[1], top.hp1_arready_i, top.hp1_rdata_i, top.hp1_rresp_i, top.hp1_rlast_i,
               top.hp1_rvalid_i);
    drive_read(ddr.read[2], top.hp2_arready_i, top.hp2_rdata_i, top.hp2_rresp_i, top.hp2_rlast_i,
               top.hp2_rvalid_i);
    drive_read(ddr.read[3], top.hp3_arready_i, top.hp3_rdata_i, top.hp3_rresp_i, top.hp3_rlast_i,
               top.hp3_rvalid_i);
    top.hp2_awready_i = ddr.write.awready;
    top.hp2_wready_i = ddr.write.wready;
    top.hp2_bvalid_i = ddr.write.bvalid;
    top.hp2_bresp_i = ddr.write.bresp;
    top.clk_i = 0;
    top.eval();

    sample_read(ddr.read[0], top.hp0_arvalid_o, top.hp0_araddr_o, top.hp0_arlen_o, top.hp0_rready_o);
    sample_read(ddr.read[1], top.hp1_arvalid_o, top.hp1_araddr_o, top.hp1_arlen_o, top.hp1_rready_o);
    sample_read(ddr.read[2], top.hp2_arvalid_o, top.hp2_araddr_o, top.hp2_arlen_o, top.hp2_rready_o);
    sample_read(ddr.read[3], top.hp3_arvalid_o, top.hp3_araddr_o, top.hp3_arlen_o, top.hp3_rready_o);
    ddr.write.awvalid = top.hp2_awvalid_o != 0;
    ddr.write.awaddr = top.hp2_awaddr_o;
    ddr.write.awlen = top.hp2_awlen_o;
    ddr.write.wvalid = top.hp2_wvalid_o != 0;
    ddr.write.wdata = top.hp2_wdata_o;
    ddr.write.wstrb = top.hp2_wstrb_o;
    ddr.write.wlast = top.hp2_wlast_o != 0;
    ddr.write.bready = top.hp2_bready_o != 0;
    write_taken = top.ctl_awready_o != 0 && top.ctl_wready_o != 0;
    read_taken = top.ctl_arready_o != 0;
    if (top.rst_ni != 0) ddr.sample();

    top.clk_i = 1;
    top.eval();
    ++cycles;
  }

  std::uint64_t cycles = 0;
  bool write_taken = false, read_taken = false;
  DdrModel ddr;
  Vaccelerator top;
};

extern "C" {

cortado_fpga_sim* cortado_fpga_sim_open(const cortado_fpga_sim_config* config) {
  DdrConfig ddr;
  ddr.memory_bytes = config->memory_bytes;
  ddr.memory_base = config->memory_base;
  ddr.memory = config->memory;
  ddr.bytes_per_cycle = config->bytes_per_cycle;
  ddr.latency_cycles = config->latency_cycles;
  ddr.stall_probability = config->stall_probability;
  ddr.seed = config->seed;
  try {
    return new cortado_fpga_sim(ddr);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void cortado_fpga_sim_close(cortado_fpga_sim* sim) { delete sim; }

uint32_t cortado_fpga_sim_read(cortado_fpga_sim* sim, uint32_t offset) {
  sim->top.ctl_araddr_i = offset;
  sim->top.ctl_arvalid_i = 1;
  do sim->tick();
  while (!sim->read_taken);
  sim->top.ctl_arvalid_i = 0;
  const uint32_t value = sim->top.ctl_rdata_o;
  sim->tick();
  return value;
}

void cortado_fpga_sim_write(cortado_fpga_sim* sim, uint32_t offset, uint32_t value) {
  sim->top.ctl_awaddr_i = offset;
  sim->top.ctl_awvalid_i = 1;
  sim->top.ctl_wdata_i = value;
  sim->top.ctl_wstrb_i = 15;
  sim->top.ctl_wvalid_i = 1;
  do sim->tick();
  while (!sim->write_taken);
  sim->top.ctl_awvalid_i = 0;
  sim->top.ctl_wvalid_i = 0;
  sim->tick();
}

uint8_t* cortado_fpga_sim_memory(cortado_fpga_sim* sim) { return sim->ddr.memory(); }

uint64_t cortado_fpga_sim_cycles(const cortado_fpga_sim* sim) { return sim->cycles; }

void cortado_fpga_sim_step(cortado_fpga_sim* sim, uint64_t cycles) {
  while (cycles-- > 0) sim->tick();
}

int cortado_fpga_sim_wait_interrupt(cortado_fpga_sim* sim, uint64_t max_cycles) {
  while (sim->top.irq_o == 0 && max_cycles-- > 0) sim->tick();
  return sim->top.irq_o != 0 ? 1 : 0;
}

void cortado_fpga_sim_fail_range(cortado_fpga_sim* sim, uint32_t begin, uint32_t end) {
  sim->ddr.fail_begin = begin;
  sim->ddr.fail_end = end;
}

const char* cortado_fpga_sim_protocol_error(const cortado_fpga_sim* sim) {
  return sim->ddr.protocol_error.c_str();
}
}
