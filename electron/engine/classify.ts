import type { Tensor } from '../../core/common/tensor.ts';
import type { Labels } from './labels.ts';

export interface Answer {
  readonly index: number;
  readonly label: string | null;
  readonly value: number;
}

/** Probabilities: the values as they are where they are some already, else their softmax. */
export function probabilities(values: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(values);
  const sum = all.reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) < 1e-2 && all.every((value) => value >= 0)) return all;
  const largest = all.reduce((most, value) => Math.max(most, value), -Infinity);
  const raised = all.map((value) => Math.exp(value - largest));
  const total = raised.reduce((partial, value) => partial + value, 0);
  return raised.map((value) => value / total);
}

/** The largest values, at most five, the largest first. */
export function topFive(values: Float64Array, labels: Labels): Answer[] {
  return [...values.keys()]
    .sort((a, b) => values[b] - values[a])
    .slice(0, 5)
    .map((index) => ({ index, label: labels.nameOf(index), value: values[index] }));
}

/** The one output as a list of classes; undefined where the network is no classifier. */
export function classScores(outputs: ReadonlyMap<string, Tensor>): Float32Array | undefined {
  const [output] = outputs.values();
  if (outputs.size !== 1) return undefined;
  const classes = output.shape.filter((size) => size > 1);
  return classes.length === 1 ? output.data : undefined;
}
