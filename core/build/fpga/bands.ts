import { inputRows } from './geometry.ts';
import type { Band } from './plan.ts';
import type { RunStep } from './residency.ts';
import { BLOCK_CHANNELS } from './weights.ts';

/** Blocks of 32 output channels; what the vector unit runs is one. */
export function blocksOf({ layer }: RunStep): number {
  return layer.kind === 'convolution' ? Math.ceil(layer.weights.outputs / BLOCK_CHANNELS) : 1;
}

/** Bands of `rows` output rows and all channels. */
export function bandsByRows(step: RunStep, rows: number): readonly Band[] {
  const { geometry } = step.layer;
  const { height } = geometry.output;
  return Array.from({ length: Math.ceil(height / rows) }, (_, index) => {
    const from = index * rows;
    const to = Math.min(from + rows, height);
    const { first, end } = inputRows(geometry, from, to);
    return { from, to, firstResult: from, firstInput: first, endInput: end, firstBlock: 0, endBlock: blocksOf(step) };
  });
}

/** Bands of all rows and `blocks` blocks of output channels. */
export function bandsByBlocks(step: RunStep, blocks: number): readonly Band[] {
  const { geometry } = step.layer;
  const { first, end } = inputRows(geometry, 0, geometry.output.height);
  const all = blocksOf(step);
  return Array.from({ length: Math.ceil(all / blocks) }, (_, index) => ({
    from: 0,
    to: geometry.output.height,
    firstResult: 0,
    firstInput: first,
    endInput: end,
    firstBlock: index * blocks,
    endBlock: Math.min((index + 1) * blocks, all),
  }));
}

/**
 * Bands of a layer whose result goes to the next layer on chip: each computes what the next one's band reads and the band before has
 * not computed. Undefined where a band would have nothing to compute.
 */
export function bandsForNext(step: RunStep, next: readonly Band[]): readonly Band[] | undefined {
  let done = 0;
  const bands: Band[] = [];
  for (const { firstInput, endInput } of next) {
    const from = Math.max(done, firstInput);
    if (from >= endInput) return undefined;
    done = endInput;
    const { first, end } = inputRows(step.layer.geometry, from, endInput);
    const rows = { from, to: endInput, firstResult: firstInput, firstInput: first, endInput: end };
    bands.push({ ...rows, firstBlock: 0, endBlock: blocksOf(step) });
  }
  return bands;
}
