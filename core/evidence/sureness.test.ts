import { describe, expect, it } from 'vitest';
import { bestGuesses, probabilities, surenessOf } from './sureness.ts';
import { likelyVariants } from './variants.ts';

describe('sureness', () => {
  it('takes probabilities as they are and scores through a softmax', () => {
    expect([...probabilities(Float32Array.of(0.25, 0.75))]).toEqual([0.25, 0.75]);
    const [a, b] = probabilities(Float32Array.of(Math.log(3), 0));
    expect(a).toBeCloseTo(0.75, 6);
    expect(b).toBeCloseTo(0.25, 6);
  });

  it('is the logarithm of the number of classes where each picture has its own, and 0 where all have one', () => {
    const own = [0, 1, 2, 3].map((at) => Float64Array.from({ length: 4 }, (_, index) => (index === at ? 1 : 0)));
    expect(surenessOf(own).information).toBeCloseTo(Math.log(4), 12);
    expect(surenessOf([own[2], own[2], own[2]])).toEqual({ top1: 1, information: 0 });
    expect(bestGuesses(own[2], 2)).toEqual([
      { class: 2, probability: 1 },
      { class: 0, probability: 0 },
    ]);
  });
});

describe('likely variants', () => {
  const size = { width: 8, height: 8 };

  it('change one thing each', () => {
    const variants = likelyVariants({
      resize: size,
      crop: size,
      channels: 'bgr',
      mean: { kind: 'values', values: [1, 2, 3] },
      norm: 1 / 256,
    });
    expect(variants.map(({ changes }) => changes.join())).toEqual([
      '',
      'channels swapped',
      'norm 1',
      'norm 0.017',
      'no mean',
    ]);
    expect(variants[1].preprocessing).toMatchObject({ channels: 'rgb', mean: { values: [3, 2, 1] } });
  });

  it('try the usual mean where there is none, and no colours in gray', () => {
    const plain = { resize: size, crop: size, mean: { kind: 'values', values: [] }, norm: 1 } as const;
    expect(likelyVariants({ ...plain, channels: 'rgb' }).at(-1)?.preprocessing.mean).toEqual({
      kind: 'values',
      values: [123, 117, 104],
    });
    expect(likelyVariants({ ...plain, channels: 'gray' }).map(({ changes }) => changes.join())).toEqual([
      '',
      'norm 1/255',
      'norm 0.017',
    ]);
  });
});
