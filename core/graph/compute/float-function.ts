import { elementCount, type Shape, type Tensor } from '../../common/tensor.ts';
import type { FloatFunction } from '../float-functions.ts';
import { largest } from './argmax.ts';
import { broadcast } from './broadcast.ts';
import { detectionRows } from './detection-output.ts';
import { interpolate } from './interp.ts';
import { localResponse } from './local-response.ts';
import { normalizeLength } from './normalize.ts';
import { reduce } from './reduction.ts';
import { unaryFunction } from './unary.ts';

/** Computes a function of floats: each result in float64, rounded to float32 once. */
export function runFloatFunction(operation: FloatFunction, operands: readonly Tensor[], shape: Shape): Float32Array {
  if (operation.kind === 'constant') return operation.values;
  const [input] = operands;
  switch (operation.kind) {
    case 'unary':
      return input.data.map(unaryFunction(operation));
    case 'broadcast':
      return broadcast(operation.function, input, operands[1]);
    case 'interp':
      return interpolate(input.data, input.shape, shape);
    case 'local-response':
      return localResponse(operation, input.data, shape);
    case 'normalize':
      return normalizeLength(operation, input.data, shape);
    case 'reduction':
      return reduce(operation, input.data, elementCount(shape));
    case 'argmax':
      return largest(operation, input.data, input.shape, shape);
    case 'detection-output':
      return detectionRows(operation.parameters, operands, shape);
  }
}
