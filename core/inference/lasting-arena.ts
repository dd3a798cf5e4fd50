import { elementCount } from '../common/tensor.ts';
import type { Network } from '../network/network.ts';

/** It grows by doubling: four times this would be one allocation that kills Electron's processes. */
const mostBytes = 2 ** 28;

/**
 * Whether ONNX Runtime may keep the memory of a network's activations from run to run (its arena). Without that each run asks for all of
 * it anew; where the system gives new pages for it, as in Electron, that takes longer than the run itself.
 */
export function fitsArena({ values }: Pick<Network, 'values'>): boolean {
  const bytes = [...values.values()].reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0);
  return bytes <= mostBytes;
}
