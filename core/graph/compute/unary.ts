import type { Unary } from '../float-functions.ts';
import { exp, log, power } from './exact-math.ts';

/** The function in float64; storing it rounds to float32 once. */
export function unaryFunction({ function: name, a, b, c }: Unary): (x: number) => number {
  switch (name) {
    case 'abs':
      return Math.abs;
    case 'elu':
      return (x) => (x > 0 ? x : a * (exp(x) - 1));
    case 'sigmoid':
      return (x) => 1 / (1 + exp(-x));
    case 'tanh':
      return (x) => 1 - 2 / (exp(2 * x) + 1);
    case 'power':
      return (x) => power(a + b * x, c);
    case 'exp':
      return (x) => exp(a + b * x);
    case 'log':
      return (x) => log(a + b * x) * c;
    case 'bnll':
      return (x) => (x > 0 ? x + log(1 + exp(-x)) : log(1 + exp(x)));
    case 'threshold':
      return (x) => (x > a ? 1 : 0);
    case 'swish':
      return (x) => x / (1 + exp(-(a * x)));
    case 'clip':
      return (x) => Math.min(Math.max(x, a), b);
  }
}
