import type { Reduction } from '../float-functions.ts';

/** factor * the sum over equal runs of the input, `count` of them. */
export function reduce(operation: Reduction, input: Float32Array, count: number): Float32Array {
  const length = input.length / count;
  return Float32Array.from({ length: count }, (_, run) => {
    let sum = 0;
    for (let index = run * length; index < (run + 1) * length; index += 1) sum += term(operation, input[index]);
    return sum * operation.factor;
  });
}

function term({ function: name }: Reduction, x: number): number {
  switch (name) {
    case 'sum':
      return x;
    case 'absolute-sum':
      return Math.abs(x);
    case 'square-sum':
      return x * x;
  }
}
