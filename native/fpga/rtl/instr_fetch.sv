// Reads the program and hands each instruction to the queue that its opcode belongs to, in order.
module instr_fetch (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic start_i,
  input  logic [31:0] address_i,
  input  logic [15:0] length_i,           // instructions
  output logic cmd_valid_o,
  input  logic cmd_ready_i,
  output logic [31:3] cmd_addr_o,
  output logic [19:0] cmd_beats_o,
  input  logic data_valid_i,
  output logic data_ready_o,
  input  logic [63:0] data_i,

  output logic [4:0] push_o,              // load, weights, convolution, vector, store
  output logic [cortado_pkg::InstrWidth-1:0] instr_o,
  input  logic [4:0] full_i,
  output logic busy_o,
  output logic error_o                    // no such opcode
);
  logic asking_q, upper_q, instr_valid_q;
  logic [63:0] lower_q;
  logic [cortado_pkg::InstrWidth-1:0] instr_q;
  logic [15:0] left_q;
  logic [4:0] target;
  logic push;

  always_comb begin
    unique case (instr_q[3:0])
      cortado_pkg::OpSetLoad, cortado_pkg::OpLoad, cortado_pkg::OpLoadParams: target = 5'b00001;
      cortado_pkg::OpLoadWeights: target = 5'b00010;
      cortado_pkg::OpSetConvWindow, cortado_pkg::OpSetConvOutput, cortado_pkg::OpConv: target = 5'b00100;
      cortado_pkg::OpSetVecWindow, cortado_pkg::OpSetVecOutput, cortado_pkg::OpVec: target = 5'b01000;
      cortado_pkg::OpSetStore, cortado_pkg::OpStore, cortado_pkg::OpSync, cortado_pkg::OpStamp,
      cortado_pkg::OpEnd: target = 5'b10000;
      default: target = 5'b00000;
    endcase
  end

  assign push = instr_valid_q && (target & full_i) == '0;
  assign push_o = push ? target : '0;
  assign instr_o = instr_q;
  assign error_o = instr_valid_q && target == '0;
  assign data_ready_o = !instr_valid_q || push;
  assign busy_o = left_q != '0 || instr_valid_q;
  assign cmd_valid_o = asking_q;
  assign cmd_addr_o = address_i[31:3];
  assign cmd_beats_o = {3'd0, length_i, 1'b0};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      asking_q <= 1'b0;
      instr_valid_q <= 1'b0;
      left_q <= '0;
      upper_q <= 1'b0;
    end else begin
      if (start_i) begin
        asking_q <= length_i != '0;
        left_q <= length_i;
      end else if (cmd_ready_i) begin
        asking_q <= 1'b0;
      end
      if (push) instr_valid_q <= 1'b0;
      if (data_valid_i && data_ready_o) begin
        upper_q <= !upper_q;
        if (upper_q) begin
          instr_valid_q <= 1'b1;
          left_q <= left_q - 16'd1;
        end
      end
    end
    if (data_valid_i && data_ready_o) begin
      lower_q <= data_i;
      if (upper_q) instr_q <= {data_i, lower_q};
    end
  end

  logic unused;
  assign unused = ^address_i[2:0];
endmodule
