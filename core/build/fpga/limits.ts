import type { WindowGeometry } from './geometry.ts';
import type { AcceleratorPart } from './parts.ts';
import { weightOf, type ConvolutionWeights } from './weights.ts';

/** The largest magnitude of an int8 activation. */
const ACTIVATION_LIMIT = 127;
/** The array's sums have 28 bits, the vector unit's 26. */
const ARRAY_SUM_LIMIT = 2 ** 27;
const VECTOR_SUM_LIMIT = 2 ** 25;
const MOST_PLANES = 256;

/** Why the instructions cannot say this window, or undefined where they can. */
export function windowObstacle(geometry: WindowGeometry, planes: number, part: AcceleratorPart): string | undefined {
  const { kernel, stride, pad, dilation, input, output } = geometry;
  const P = part.streams;
  if (input.width > 1000 || input.height > 1000 || output.width > 1000)
    return 'the map is wider or higher than 1000 pixels';
  if (kernel.width > 64 || kernel.height > 64) return 'the kernel is larger than 64 x 64';
  if (stride.width > 7 || stride.height > 7) return 'the stride is larger than 7';
  if (P > 1 && stride.width % P === 0) return `a stride of ${stride.width} reads one bank of ${P} only`;
  if (dilation.width > 15 || dilation.height > 15) return 'the dilation is larger than 15';
  if (pad.width > 63 || pad.height > 1000) return 'the padding is wider than 63 pixels';
  if (planes > MOST_PLANES) return `it has more than ${MOST_PLANES * 16} channels`;
  return undefined;
}

/**
 * The first output channel whose sums may leave the array's 28 bits, or undefined where 127 * sum(|w|) < 2^27 holds for all:
 * then no order of addition overflows.
 */
export function overflowingChannel(weights: ConvolutionWeights): number | undefined {
  for (let output = 0; output < weights.outputs; output += 1) {
    let magnitude = 0;
    const perGroup = weights.inputs / weights.group;
    const first = Math.floor(output / (weights.outputs / weights.group)) * perGroup;
    for (let input = first; input < first + perGroup; input += 1) {
      for (let tap = 0; tap < weights.taps; tap += 1) magnitude += Math.abs(weightOf(weights, output, input, tap));
    }
    if (ACTIVATION_LIMIT * magnitude >= ARRAY_SUM_LIMIT) return output;
  }
  return undefined;
}

/** Whether sums of products with weights of this total magnitude stay in the vector unit's 26 bits. */
export function fitsVectorSum(magnitude: number): boolean {
  return ACTIVATION_LIMIT * magnitude < VECTOR_SUM_LIMIT;
}
