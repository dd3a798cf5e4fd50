import { randomSource } from '../../../common/random.ts';
import type { QuantizedNetwork, QuantizedOperation, Requantisation } from '../../../quantization/quantized-network.ts';

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * A network whose int8 operations have random levels where most networks have 0: in the padding of convolutions, for the zero of
 * whatever requantises, and in the biases of sums. Bounds move along.
 */
export function withEveryLevel(network: QuantizedNetwork, seed: number): QuantizedNetwork {
  const random = randomSource(seed);
  return withLevelsOf(network, () => anyLevel(random));
}

/** The same, with 0 half of the time. */
export function withRandomLevels(network: QuantizedNetwork, seed: number): QuantizedNetwork {
  const random = randomSource(seed);
  return withLevelsOf(network, () => (random() < 0.5 ? 0 : anyLevel(random)));
}

function anyLevel(random: () => number): number {
  return Math.floor(random() * 255) - 127;
}

function withLevelsOf(network: QuantizedNetwork, level: () => number): QuantizedNetwork {
  return { ...network, operations: network.operations.map((operation) => withLevels(operation, level)) };
}

function withLevels(operation: QuantizedOperation, level: () => number): QuantizedOperation {
  switch (operation.kind) {
    case 'convolution': {
      const { form } = operation;
      if (form.kind === 'float') return operation;
      const padded = { ...operation, padLevel: level() };
      if (form.kind !== 'int8') return padded;
      return { ...padded, form: { ...form, requantisation: withZero(form.requantisation, level()) } };
    }
    case 'pooling': {
      const { form } = operation;
      if (form.kind !== 'int8-average') return operation;
      return { ...operation, form: { ...form, requantisation: withZero(form.requantisation, level()) } };
    }
    case 'activation': {
      const { form } = operation;
      if (form.kind !== 'int8') return operation;
      return { ...operation, form: { ...form, requantisation: withZero(form.requantisation, level()) } };
    }
    case 'eltwise-sum': {
      const { form } = operation;
      if (form.kind !== 'int8') return operation;
      const zero = level();
      // Not a whole level: the bias comes ahead of the rounding.
      const bias = Math.round((zero / 1.01) * 2 ** form.shift);
      return { ...operation, form: { ...form, bias, ...moved(form, zero) } };
    }
    default:
      return operation;
  }
}

function withZero(requantisation: Requantisation, zero: number): Requantisation {
  return { ...requantisation, zero, ...moved(requantisation, zero) };
}

function moved({ low, high }: Bounds, zero: number): Bounds {
  const within = (value: number): number => Math.min(127, Math.max(-127, value + zero));
  return { low: within(low), high: within(high) };
}
