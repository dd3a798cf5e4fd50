import type { PoolingOperation } from '../graph/graph.ts';
import { averageDivisors } from './pooling-windows.ts';
import type { PoolingForm, QuantizedTensor } from './quantized-network.ts';
import { requantisationOf } from './requantisation.ts';

/** A pooling between two tensors of given types. An average has one M = s_out / (s_in * divisor) per divisor that occurs. */
export function poolingForm(operation: PoolingOperation, input: QuantizedTensor, output: QuantizedTensor): PoolingForm {
  const { method, activation } = operation;
  if (input.type === 'float32') return { kind: 'float', method, activation };
  if (method === 'max') return { kind: 'int8-max', relu: activation.kind === 'relu' };
  const divisors = averageDivisors(operation, input.shape, output.shape);
  return output.type === 'int8'
    ? {
        kind: 'int8-average',
        divisors,
        requantisation: requantisationOf(
          Array.from(divisors, (divisor) => output.scale / (input.scale * divisor)),
          activation,
          output.scale,
        ),
      }
    : {
        kind: 'int8-average-to-float',
        divisors,
        outputFactor: Float32Array.from(divisors, (divisor) => 1 / (input.scale * divisor)),
        activation,
      };
}
