import type { Requantisation } from '../../quantization/quantized-network.ts';
import { PLANE_CHANNELS } from './channel-layout.ts';

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

/** Rows of one plane of 16 channels; `isLeaky` where sums below 0 have parameters of their own. */
export function parameterRowsOfPlane(isLeaky: boolean): number {
  return isLeaky ? 4 : 2;
}

/**
 * Parameter rows of a requantisation: two for each plane of 16 places, and two more behind them where sums below 0 have a
 * multiplier of their own.
 *
 * @param channels by place, whole planes: the entry of the lists, or -1
 */
export function packParameters(requantisation: Requantisation, bias: Int32Array, channels: Int32Array): Uint8Array {
  const sides = requantisation.negative === undefined ? [requantisation] : [requantisation, requantisation.negative];
  const rows = (channels.length / PLANE_CHANNELS) * parameterRowsOfPlane(sides.length > 1);
  const bytes = new Uint8Array(rows * PARAMETER_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  channels.forEach((channel, place) => {
    if (channel < 0) return;
    sides.forEach((side, index) => {
      const within = place % PLANE_CHANNELS;
      const row = (Math.floor(place / PLANE_CHANNELS) * sides.length + index) * 2 + Math.floor(within / ROW_CHANNELS);
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
  const planes = Math.ceil(bias.length / PLANE_CHANNELS);
  const bytes = new Uint8Array(planes * parameterRowsOfPlane(false) * PARAMETER_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  bias.forEach((value, channel) => {
    writeEntry(view, channel * 8, value, UNUSED);
  });
  return bytes;
}

/**
 * The shared rows of a sum: a rounding shift; of copies and maxima: none. The doubling is exact where the bias is below 2^29 in
 * magnitude, as the package's are: a sum of 26 bits and the bias stay below 2^30.
 */
export function packShift(rightShift: number, bias = 0): Uint8Array {
  const bytes = new Uint8Array(parameterRowsOfPlane(false) * PARAMETER_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  for (let channel = 0; channel < PLANE_CHANNELS; channel += 1) {
    writeEntry(view, channel * 8, bias, shiftBy(rightShift));
  }
  return bytes;
}

function writeEntry(view: DataView, at: number, bias: number, { multiplier, rightShift, leftShift }: FixedPoint): void {
  view.setInt32(at, bias, true);
  view.setInt16(at + 4, multiplier, true);
  view.setUint16(at + 6, rightShift | (Math.min(leftShift, MOST_LEFT_SHIFT) << 5), true);
}
