// Registers (docs/fpga/instructions.md), start, soft reset, the first error and the watchdog.
module control #(
  parameter int unsigned Events = 12,
  parameter logic [31:0] Config = '0,
  parameter logic [31:0] Fingerprint = '0
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic write_i,
  input  logic [9:0] write_index_i,
  input  logic [31:0] write_data_i,
  input  logic [9:0] read_index_i,
  output logic [31:0] read_data_o,
  output logic irq_o,

  output logic core_rst_no,
  output logic start_o,
  output logic running_o,
  output logic halt_o,
  output logic counters_clear_o,
  output logic [31:0] program_address_o,
  output logic [15:0] program_length_o,
  output logic [127:0] bases_o,

  input  logic end_i,                     // the program is complete
  input  logic axi_quiet_i,
  input  logic progress_i,                // something moved
  input  logic [6:0] errors_i,            // by code - 1; the watchdog's own is not among them
  input  logic [4:0] busy_i,
  input  logic [47:0] cycles_i,
  input  logic [Events*32-1:0] counts_i
);
  localparam logic [31:0] Id = 32'h4354_4431;        // "CTD1"

  localparam logic [9:0] RegCtrl = 10'h002;
  localparam logic [9:0] RegIrqEnable = 10'h004;
  localparam logic [9:0] RegIrqStatus = 10'h005;
  localparam logic [9:0] RegProgramAddress = 10'h006;
  localparam logic [9:0] RegProgramLength = 10'h007;
  localparam logic [9:0] RegBase0 = 10'h008;
  localparam logic [9:0] RegWatchdog = 10'h00c;

  typedef enum logic [1:0] {StIdle, StClear, StRun, StReset} state_e;

  state_e state_q;
  logic [2:0] clear_q;
  logic [1:0] irq_enable_q, irq_status_q;
  logic done_q;
  logic [3:0] error_q, error_new;
  logic [31:0] program_address_q, watchdog_limit_q, watchdog_q;
  logic [15:0] program_length_q;
  logic [127:0] bases_q;
  logic write_ctrl, start, soft_reset, watchdog_fires, error_now;

  assign write_ctrl = write_i && write_index_i == RegCtrl;
  assign soft_reset = write_ctrl && write_data_i[1];
  assign start = write_ctrl && write_data_i[0] && !write_data_i[1] && state_q == StIdle && error_q == cortado_pkg::ErrorNone;
  assign watchdog_fires = state_q == StRun && watchdog_limit_q != '0 && watchdog_q == watchdog_limit_q;

  always_comb begin
    error_new = cortado_pkg::ErrorNone;
    if (watchdog_fires) error_new = cortado_pkg::ErrorWatchdog;
    for (int unsigned e = 7; e > 0; e--) begin
      if (errors_i[e-1]) error_new = 4'(e);
    end
  end
  assign error_now = state_q == StRun && error_q == cortado_pkg::ErrorNone && error_new != cortado_pkg::ErrorNone;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StReset;
      clear_q <= '0;
      irq_enable_q <= '0;
      irq_status_q <= '0;
      done_q <= 1'b0;
      error_q <= cortado_pkg::ErrorNone;
      program_address_q <= '0;
      program_length_q <= '0;
      watchdog_limit_q <= 32'd1000000;
    end else begin
      unique case (state_q)
        StIdle: begin
          if (start) begin
            state_q <= StClear;
            done_q <= 1'b0;
          end
        end
        StClear: if (clear_q == 3'd7) state_q <= StRun;
        StRun: begin
          if (error_now) begin
            error_q <= error_new;
            irq_status_q[1] <= 1'b1;
            state_q <= StIdle;
          end else if (end_i) begin
            done_q <= 1'b1;
            irq_status_q[0] <= 1'b1;
            state_q <= StIdle;
          end
        end
        StReset: begin
          if (clear_q == 3'd7) begin
            state_q <= StIdle;
            error_q <= cortado_pkg::ErrorNone;
            done_q <= 1'b0;
          end
        end
        default: state_q <= StReset;
      endcase
      if (soft_reset) state_q <= StReset;
      // The core is reset only while no burst is under way.
      clear_q <= (state_q == StClear || state_q == StReset) && axi_quiet_i && !soft_reset ? clear_q + 3'd1 : 3'd0;

      if (write_i) begin
        unique case (write_index_i)
          RegIrqEnable: irq_enable_q <= write_data_i[1:0];
          RegIrqStatus: irq_status_q <= irq_status_q & ~write_data_i[1:0];
          RegProgramAddress: program_address_q <= write_data_i;
          RegProgramLength: program_length_q <= write_data_i[15:0];
          RegWatchdog: watchdog_limit_q <= write_data_i;
          default: ;
        endcase
      end
    end
    watchdog_q <= state_q != StRun || progress_i ? '0 : watchdog_q + 32'd1;
  end

  for (genvar b = 0; b < 4; b++) begin : g_base
    always_ff @(posedge clk_i) begin
      if (!rst_ni) bases_q[32*b +: 32] <= '0;
      else if (write_i && write_index_i == RegBase0 + 10'(b)) bases_q[32*b +: 32] <= write_data_i;
    end
  end

  assign core_rst_no = !((clear_q[2] ^ clear_q[1]) && (state_q == StClear || state_q == StReset));
  assign start_o = state_q == StClear && clear_q == 3'd7;
  assign running_o = state_q == StRun;
  assign halt_o = state_q != StRun && state_q != StClear && !done_q;
  assign counters_clear_o = state_q == StClear;
  assign program_address_o = program_address_q;
  assign program_length_o = program_length_q;
  assign bases_o = bases_q;
  assign irq_o = |(irq_status_q & irq_enable_q);

  // Registers 0x00 to 0x0f, then 0x10 to 0x1f.
  logic [16*32-1:0] low_registers, high_registers;
  assign low_registers = {
    96'd0, watchdog_limit_q, bases_q, {16'd0, program_length_q}, program_address_q, {30'd0, irq_status_q},
    {30'd0, irq_enable_q},
    {11'd0, busy_i, 4'd0, error_q, 4'd0, axi_quiet_i, error_q != cortado_pkg::ErrorNone, done_q, state_q != StIdle},
    32'd0, Config, Id
  };
  assign high_registers = {{((13-Events)*32){1'b0}}, Fingerprint, counts_i, {16'd0, cycles_i[47:32]}, cycles_i[31:0]};
  always_comb begin
    read_data_o = '0;
    if (read_index_i[9:4] == 6'd0) read_data_o = low_registers[32*read_index_i[3:0] +: 32];
    else if (read_index_i[9:4] == 6'd1) read_data_o = high_registers[32*read_index_i[3:0] +: 32];
  end
endmodule
