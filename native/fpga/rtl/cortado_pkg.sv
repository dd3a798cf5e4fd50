// Types, opcodes and instruction fields of the accelerator (docs/fpga/instructions.md).
package cortado_pkg;

  // Not every module that reads the package uses all of it.
  /* verilator lint_off UNUSEDPARAM */
  localparam int unsigned AddrWidth = 13;   // words of one activation bank
  localparam int unsigned RotWidth = 3;     // bank number, at most 8 banks
  localparam int unsigned InstrWidth = 128;
  localparam int unsigned SumWidth = 28;    // partial sums
  localparam int unsigned VecSumWidth = 26; // sums of the vector unit
  localparam int unsigned ParamRowWidth = 9;
  localparam int unsigned VecWeightRowWidth = 9;

  // A pixel of the activation buffer: flat index = a * P + r with r < P; bank r, word a.
  typedef struct packed {
    logic [RotWidth-1:0] r;
    logic [AddrWidth-1:0] a;
  } pos_t;

  typedef enum logic [3:0] {
    OpIllegal = 4'd0,
    OpSetLoad = 4'd1,
    OpLoad = 4'd2,
    OpLoadParams = 4'd3,
    OpLoadWeights = 4'd4,
    OpSetConvWindow = 4'd5,
    OpSetConvOutput = 4'd6,
    OpConv = 4'd7,
    OpSetVecWindow = 4'd8,
    OpSetVecOutput = 4'd9,
    OpVec = 4'd10,
    OpSetStore = 4'd11,
    OpStore = 4'd12,
    OpSync = 4'd13,
    OpStamp = 4'd14,
    OpEnd = 4'd15
  } opcode_e;

  // Queues that exchange tokens; a bit of a wait or post field each.
  localparam int unsigned QueueLoad = 0;
  localparam int unsigned QueueConv = 1;
  localparam int unsigned QueueVec = 2;
  localparam int unsigned QueueStore = 3;

  typedef struct packed {
    logic [3:0] early;  // queues that get a token once the inputs have been read (OpConv, OpVec)
    logic [3:0] post;   // queues that get a token once the instruction is complete
    logic [3:0] take;   // queues of which a token is awaited before the start
    logic [3:0] op;
  } header_t;

  // OpSetConvWindow, OpSetVecWindow
  typedef struct packed {
    logic [3:0] unused;
    logic [7:0] pad_level;            // what lies outside the image, signed (convolutions)
    logic [AddrWidth-1:0] row_jump;   // (stride_y * pitch - stride_x * out_width) / P
    logic [2:0] stride_y;
    logic [2:0] stride_x;
    logic [5:0] pad_x;
    logic [9:0] width;                // valid input columns
    logic [3:0] dilation_y;           // what a step of ky adds to the row, for the mask
    logic [3:0] dilation_x;
    logic [AddrWidth-1:0] plane_step;
    pos_t ky_step;
    pos_t kx_step;
    logic [5:0] kh_m1;
    logic [5:0] kw_m1;
    header_t header;
  } window_t;

  typedef enum logic [1:0] {
    VecMac = 2'd0,
    VecSum = 2'd1,
    VecMax = 2'd2
  } vec_op_e;

  // OpSetConvOutput, OpSetVecOutput
  typedef struct packed {
    logic [41:0] unused;
    logic [7:0] zero;                 // what int8 results have in place of 0, signed: added ahead of the bounds
    logic shared_weights;             // weight row does not advance with the plane (vector unit)
    logic shared_params;              // parameter row does not advance with the plane (vector unit)
    logic pair;                       // taps alternate between low and high byte of a 16-bit weight (vector unit)
    logic [1:0] vec_op;
    logic raw;                        // int32 sums instead of int8 (convolution)
    logic leaky;                      // parameters of their own for sums below zero
    logic [7:0] high;
    logic [7:0] low;
    logic [AddrWidth-1:0] plane_step;
    pos_t row_skip;                   // output pitch - out_width, as a flat index
    logic [9:0] out_width;
    header_t header;
  } output_t;

  // OpConv
  typedef struct packed {
    logic [7:0] unused;
    logic keep;                       // weights stay for the next OpConv
    logic last;                       // drain after it
    logic first;                      // start from zero
    logic [1:0] eighths_m1;           // groups of eight output channels that are drained
    logic [1:0] last_cols_m1;         // groups of four input channels in the last plane
    logic [7:0] planes_m1;
    logic [ParamRowWidth-1:0] param_row;
    pos_t out;
    logic [2:0] last_count_m1;        // valid pixels of the last group
    logic [12:0] groups_m1;
    logic [9:0] rows;                 // valid input rows
    logic signed [11:0] y0;           // input row of the first pixel's first tap
    logic [9:0] x0;                   // output column of the first pixel
    pos_t in;
    header_t header;
  } conv_t;

  // OpVec
  typedef struct packed {
    logic [5:0] unused;
    logic [VecWeightRowWidth-1:0] weight_row;
    logic [7:0] planes_m1;
    logic [ParamRowWidth-1:0] param_row;
    pos_t out;
    logic [2:0] last_count_m1;
    logic [12:0] groups_m1;
    logic [9:0] rows;
    logic signed [11:0] y0;
    logic [9:0] x0;
    pos_t in;
    header_t header;
  } vec_t;

  // OpSetLoad, OpSetStore
  typedef struct packed {
    logic [49:0] unused;
    logic narrow;                     // 4 bytes a pixel in memory (OpSetLoad)
    logic [21:0] memory_plane_step;   // in 16 bytes
    logic [AddrWidth-1:0] plane_step;
    pos_t row_skip;                   // pitch - width, as a flat index
    logic [9:0] width;
    header_t header;
  } walk_t;

  // OpLoad, OpStore
  typedef struct packed {
    logic [26:0] unused;
    logic [9:0] x0;                   // column of the first pixel
    pos_t pos;
    logic [7:0] planes_m1;
    logic [16:0] count_m1;            // pixels a plane
    logic [1:0] base;
    logic [31:0] offset;              // bytes
    header_t header;
  } transfer_t;

  // OpLoadParams
  typedef struct packed {
    logic [55:0] unused;
    logic [8:0] row;
    logic vec_weights;                // to the vector unit's weights, else to the parameters
    logic [11:0] count_m1;            // words of 8 bytes
    logic [1:0] base;
    logic [31:0] offset;
    header_t header;
  } load_params_t;

  // OpLoadWeights (value = sets - 1), OpStamp (value = tag)
  typedef struct packed {
    logic [61:0] unused;
    logic [15:0] value;
    logic [1:0] base;
    logic [31:0] offset;
    header_t header;
  } address_t;

  // What the data side of a load has to do.
  typedef struct packed {
    logic params;
    logic vec_weights;
    logic [8:0] row;
    logic narrow;
    pos_t pos;
    logic [9:0] x0;
    logic [9:0] width;
    pos_t row_skip;
    logic [AddrWidth-1:0] plane_step;
    logic [16:0] count_m1;
    logic [7:0] planes_m1;
    logic [3:0] post;
  } load_job_t;
  localparam int unsigned LoadJobWidth = 12 + 2 * (RotWidth + AddrWidth) + 20 + AddrWidth + 29;

  typedef enum logic [3:0] {
    ErrorNone = 4'd0,
    ErrorOpcode = 4'd1,
    ErrorRead = 4'd2,
    ErrorWrite = 4'd3,
    ErrorWatchdog = 4'd4,
    ErrorToken = 4'd5,
    ErrorAddress = 4'd6,
    ErrorProgram = 4'd7
  } error_e;

  localparam int unsigned ResultWidth = 4 + 3 + RotWidth + AddrWidth + 3 + 24;   // of result_t

  // What travels with a result through the requantisation.
  typedef struct packed {
    logic [3:0] post;                 // tokens to give when it is written
    logic vec;                        // from the vector unit, else from the array
    logic last;                       // last result of its instruction
    logic half;                       // upper eight channels of the plane; unused with sixteen lanes
    pos_t pos;
    logic raw;
    logic [1:0] raw_part;             // which quarter of the sums a raw result holds
    logic [7:0] zero;
    logic [7:0] low;
    logic [7:0] high;
  } result_t;

  /* verilator lint_on UNUSEDPARAM */
endpackage
