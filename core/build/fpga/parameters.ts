import type { Requantisation } from '../../quantization/quantized-network.ts';

export const PARAMETER_ROW_BYTES = 64;
const ROW_CHANNELS = 8;
/** Every sum but 0 saturates from this left shift on, and the field holds no more. */
const MOST_LEFT_SHIFT = 8;

interface FixedPoint {
  readonly multiplier: number;
  readonly rightShift: number;
  readonly leftShift: number;
}

/** Multiplies by one half, doubled: a plain rounding shift. */
function shiftBy(rightShift: number): FixedPoint {
  return { multiplier: 0x4000, rightShift, leftShift: 1 };
}

const UNUSED: FixedPoint = { multiplier: 0, rightShift: 0, leftShift: 0 };

/**
 * Parameter rows of a requantisation: one for each eight places, two where sums below 0 have a multiplier of their own.
 *
 * @param channels by place: the entry of the lists, or -1
 */
export function packParameters(requantisation: Requantisation, bias: Int32Array, channels: Int32Array): Uint8Array {
  const sides = requantisation.negative === undefined ? [requantisation] : [requantisation, requantisation.negative];
  const rows = Math.ceil(channels.length / ROW_CHANNELS);
  const bytes = new Uint8Array(rows * sides.length * PARAMETER_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  channels.forEach((channel, place) => {
    if (channel < 0) return;
    sides.forEach((side, index) => {
      const row = Math.floor(place / ROW_CHANNELS) * sides.length + index;
      const fixed = {
        multiplier: side.multiplier[channel],
        rightShift: side.rightShift[channel],
        leftShift: side.leftShift[channel],
      };
      writeEntry(view, row * PARAMETER_ROW_BYTES + (place % ROW_CHANNELS) * 8, bias[channel] ?? 0, fixed);
    });
  });
  return bytes;
}

/** Rows of biases alone, for raw sums. */
export function packBiases(bias: Int32Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bias.length / ROW_CHANNELS) * PARAMETER_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  bias.forEach((value, channel) => {
    writeEntry(view, channel * 8, value, UNUSED);
  });
  return bytes;
}

/** The shared row of a sum: a rounding shift; of copies and maxima: none. */
export function packShift(rightShift: number): Uint8Array {
  const bytes = new Uint8Array(PARAMETER_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  for (let channel = 0; channel < ROW_CHANNELS; channel += 1) writeEntry(view, channel * 8, 0, shiftBy(rightShift));
  return bytes;
}

function writeEntry(view: DataView, at: number, bias: number, { multiplier, rightShift, leftShift }: FixedPoint): void {
  view.setInt32(at, bias, true);
  view.setInt16(at + 4, multiplier, true);
  view.setUint16(at + 6, rightShift | (Math.min(leftShift, MOST_LEFT_SHIFT) << 5), true);
}
