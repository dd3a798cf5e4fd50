import type { Shape } from '../../common/tensor.ts';
import { clamp, roundingShiftRight } from '../arithmetic.ts';
import type { EltwiseForm } from '../quantized-network.ts';
import { applyActivation } from './activation.ts';

/** A sum of equal shapes. In float the products are rounded to float32 and added in the order of the inputs. */
export function addElements(
  form: EltwiseForm,
  inputs: readonly (Int8Array | Float32Array)[],
  shape: Shape,
): Int8Array | Float32Array {
  const length = inputs[0].length;
  if (form.kind === 'int8') {
    const output = new Int8Array(length);
    for (let i = 0; i < length; i += 1) {
      let total = form.bias;
      for (let k = 0; k < inputs.length; k += 1) total += inputs[k][i] * form.multipliers[k];
      output[i] = clamp(roundingShiftRight(total, form.shift), form.low, form.high);
    }
    return output;
  }
  const output = new Float32Array(length);
  inputs.forEach((input, k) => {
    const coefficient = form.coefficients[k];
    for (let i = 0; i < length; i += 1) output[i] += Math.fround(input[i] * coefficient);
  });
  applyActivation(output, shape, form.activation);
  return output;
}
