/** What a compiler has to know of one configuration of the accelerator (docs/fpga/architecture.md). */
export interface AcceleratorPart {
  readonly name: string;
  /** P: pixel streams of the array, and banks of the activation buffer. */
  readonly streams: number;
  /** Groups of P pixels that a tile may have. */
  readonly depth: number;
  /** Words of 16 channels in one bank. */
  readonly words: number;
  /** Weight sets (4 x 32 weights, 128 bytes) that the weight buffer holds. */
  readonly weightSets: number;
  /** Channels that the requantisation takes in a cycle. */
  readonly lanes: 8 | 16;
  /** Rows of eight channels' parameters; a plane of 16 takes two, four with parameters of their own for sums below 0. */
  readonly parameterRows: number;
  /** Rows of 16 weights of the vector unit. */
  readonly vectorWeightRows: number;
}

const BUFFERS = { weightSets: 256, parameterRows: 512, vectorWeightRows: 512 } as const;

export const XC7Z010: AcceleratorPart = {
  name: 'xc7z010',
  streams: 1,
  depth: 32,
  lanes: 8,
  words: 8 * 1024,
  ...BUFFERS,
};
export const XC7Z020: AcceleratorPart = {
  name: 'xc7z020',
  streams: 3,
  depth: 64,
  lanes: 16,
  words: 8 * 1024,
  ...BUFFERS,
};

/** A part at work: its clock, and the share of the board's memory that it gets. */
export interface AcceleratorTarget {
  readonly part: AcceleratorPart;
  readonly board: string;
  readonly clockHz: number;
  /** Reads and writes together. */
  readonly memoryBytesPerSecond: number;
}

const MHZ = 1e6;
const GB = 1e9;

/** Boards by name. The bandwidths are shares of the peak (16 or 32 bits of DDR3-1050) that no board has confirmed yet. */
export const ACCELERATOR_BOARDS: readonly AcceleratorTarget[] = [
  { board: 'pynq-z1', part: XC7Z020, clockHz: 100 * MHZ, memoryBytesPerSecond: 1.5 * GB },
  { board: 'pynq-z2', part: XC7Z020, clockHz: 100 * MHZ, memoryBytesPerSecond: 1.5 * GB },
  { board: 'zedboard', part: XC7Z020, clockHz: 100 * MHZ, memoryBytesPerSecond: 3 * GB },
  { board: 'zybo-z7-20', part: XC7Z020, clockHz: 100 * MHZ, memoryBytesPerSecond: 3 * GB },
  { board: 'zybo-z7-10', part: XC7Z010, clockHz: 100 * MHZ, memoryBytesPerSecond: 2.5 * GB },
];

/** Multiply-accumulates that the array does in a cycle: P streams x 4 input x 32 output channels. */
export function macsPerCycle(part: AcceleratorPart): number {
  return part.streams * 128;
}

/** Bytes that memory moves in a cycle of the accelerator. */
export function memoryBytesPerCycle(target: AcceleratorTarget): number {
  return target.memoryBytesPerSecond / target.clockHz;
}
