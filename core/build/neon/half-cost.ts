import { execute, type BlobData } from '../../quantization/execute/execute.ts';
import type { HalfWeights } from '../../quantization/half-weights.ts';
import type { QuantizedNetwork } from '../../quantization/quantized-network.ts';
import type { Golden } from '../package/model.ts';

/** What holding weights as float16 costs. */
export interface HalfCost {
  readonly layers: readonly HalfWeights[];
  /**
   * By output, on the golden input: the largest difference from the same network with float32 weights, relative to the
   * largest magnitude of the output.
   */
  readonly outputs: readonly { readonly output: string; readonly error: number }[];
}

/**
 * Runs the network with its weights as float32 on the golden input, and compares.
 *
 * @param whole the network whose float weights are not rounded
 * @param blobs the golden input as the input tensors hold it
 * @param golden with the outputs of the network whose weights are float16
 */
export async function halfCost(
  layers: readonly HalfWeights[],
  whole: QuantizedNetwork,
  blobs: readonly BlobData[],
  golden: Golden,
  signal: AbortSignal | undefined,
): Promise<HalfCost> {
  const exact = await execute(whole, blobs, { signal });
  return {
    layers,
    outputs: whole.outputs.map((index, position) => ({
      output: whole.tensors[index].name,
      error: relativeError(exact[position], golden.outputs[position].data),
    })),
  };
}

/** For a person. */
export function halfCostNote({ outputs }: HalfCost): string {
  const errors = outputs.map(({ output, error }) => `${output} ${(100 * error).toPrecision(2)} %`);
  return `float16 weights change the outputs of the golden input by at most: ${errors.join(', ')} of the largest value.`;
}

function relativeError(exact: ArrayLike<number>, found: ArrayLike<number>): number {
  let [difference, largest] = [0, 0];
  for (let i = 0; i < exact.length; i += 1) {
    difference = Math.max(difference, Math.abs(found[i] - exact[i]));
    largest = Math.max(largest, Math.abs(exact[i]));
  }
  return largest === 0 ? difference : difference / largest;
}
