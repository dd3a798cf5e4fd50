import {
  operationInputs,
  type QuantizedNetwork,
  type QuantizedOperation,
  type TensorIndex,
} from './quantized-network.ts';

/**
 * How far implementations of the arithmetic may differ in a blob.
 * exact: not at all: everything before it is integer arithmetic, or float steps whose every rounding is laid down.
 * float: in the last bits: a sum of a float convolution lies before it.
 * requantised: by whole int8 steps: such a float was quantised again before it.
 */
export type Agreement = 'exact' | 'float' | 'requantised';

const ORDER: readonly Agreement[] = ['exact', 'float', 'requantised'];

/** By tensor: how far two correct implementations may differ in it. Network inputs are exact. */
export function agreements(network: QuantizedNetwork): readonly Agreement[] {
  const result: Agreement[] = network.tensors.map(() => 'exact');
  for (const operation of network.operations) {
    result[operation.output] = after(operation, worst(operationInputs(operation), result));
  }
  return result;
}

function after(operation: QuantizedOperation, before: Agreement): Agreement {
  if (operation.kind === 'quantize') return before === 'exact' ? 'exact' : 'requantised';
  const isFloatSum = operation.kind === 'convolution' && operation.form.kind === 'float';
  return isFloatSum && before === 'exact' ? 'float' : before;
}

function worst(inputs: readonly TensorIndex[], agreement: readonly Agreement[]): Agreement {
  return ORDER[Math.max(0, ...inputs.map((index) => ORDER.indexOf(agreement[index])))];
}
