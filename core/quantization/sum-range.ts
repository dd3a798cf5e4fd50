import type { EltwiseSumOperation } from '../graph/graph.ts';

/** What is known of one addend: its threshold (largest magnitude that its scale keeps) and its sign. */
export interface AddendRange {
  readonly threshold: number;
  readonly nonNegative: boolean;
}

/**
 * The threshold of a sum's one addend that no table line covers, such that clamping it changes no result that the output's
 * own threshold would keep: beyond it the sum leaves the output's range whatever the other addends are. With a shortcut
 * that is 0 or more and a ReLU behind the sum (a residual block) this is max(shortcut, output).
 *
 * @param known ranges of the other addends; undefined at the missing one
 * @param outputThreshold of the sum after its activation
 */
export function missingAddendThreshold(
  operation: EltwiseSumOperation,
  known: readonly (AddendRange | undefined)[],
  outputThreshold: number,
): number {
  let low = operation.constant ?? 0;
  let high = low;
  let coefficient = 0;
  operation.inputs.forEach((_, index) => {
    const c = operation.coefficients[index] ?? 1;
    const range = known[index];
    if (range === undefined) {
      coefficient += c;
      return;
    }
    const ends = [c * range.threshold, range.nonNegative ? 0 : -c * range.threshold];
    low += Math.min(...ends);
    high += Math.max(...ends);
  });
  const bounded = operation.activation.kind === 'relu' || operation.activation.kind === 'relu6';
  const top = operation.activation.kind === 'relu6' ? Math.min(outputThreshold, 6) : outputThreshold;
  const bottom = bounded ? 0 : -outputThreshold;
  return Math.max(Math.abs(top - low), Math.abs(bottom - high)) / Math.abs(coefficient);
}
