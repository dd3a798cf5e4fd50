import { describe, expect, it } from 'vitest';
import { TrainingBlob } from '../layer.ts';
import type { TrainingLayer } from '../layer.ts';
import { Random } from '../random.ts';
import { Concat } from './concat.ts';
import { Convolution } from './convolution.ts';
import { DepthwiseConvolution } from './depthwise.ts';
import { MaxPooling } from './max-pooling.ts';
import { Normalisation } from './normalisation.ts';
import { Relu } from './relu.ts';
import { Sum } from './sum.ts';

/** Every backward pass against finite differences of its own forward pass, for the loss Σ top * (some weights). */
describe('gradients', () => {
  const random = new Random(3);
  const blob = (channels: number): TrainingBlob => {
    const result = new TrainingBlob('b', 2, channels, 6, 6);
    // Well apart from each other, so that a small step does not change which value is the largest, or a sign.
    const values = random.shuffled(
      Array.from(result.value, (_, index) => (index - result.value.length / 2 + 0.5) / 20),
    );
    result.value.set(values);
    return result;
  };
  const two = blob(2);
  const other = blob(2);
  const cases: readonly (readonly [string, TrainingLayer, readonly TrainingBlob[]])[] = [
    ['convolution', new Convolution('l', two, { outputs: 3, kernel: 3, pad: 1, bias: true }, random), [two]],
    [
      'convolution without pad',
      new Convolution('l', two, { outputs: 2, kernel: 6, pad: 0, bias: true }, random),
      [two],
    ],
    ['depthwise', new DepthwiseConvolution('l', two, random), [two]],
    ['normalisation', new Normalisation({ normalise: 'n', scale: 's' }, two), [two]],
    ['relu', new Relu('l', two), [two]],
    ['max pooling', new MaxPooling('l', two), [two]],
    ['sum', new Sum('l', [two, other]), [two, other]],
    ['concat', new Concat('l', [two, other]), [two, other]],
  ];

  it.each(cases)('%s', (_, layer, bottoms) => {
    const factors = Float64Array.from(layer.top.value, () => random.normal());
    const loss = (): number => {
      layer.forward(true);
      return layer.top.value.reduce((sum, value, index) => sum + value * factors[index], 0);
    };
    loss();
    layer.top.gradient.set(factors);
    const subjects = [...bottoms, ...layer.parameters];
    for (const { gradient } of subjects) gradient.fill(0);
    layer.backward();
    for (const { value, gradient } of subjects) {
      for (let index = 0; index < value.length; index += 5) {
        const step = 1e-2;
        const before = value[index];
        value[index] = before + step;
        const above = loss();
        value[index] = before - step;
        const below = loss();
        value[index] = before;
        expect(gradient[index]).toBeCloseTo((above - below) / (2 * step), 2);
      }
    }
  });
});
