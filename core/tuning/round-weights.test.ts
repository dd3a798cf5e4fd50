import { describe, expect, it } from 'vitest';
import { randomSource } from '../common/random.ts';
import { roundedByInputs } from './round-weights.ts';
import { inverseFactor } from './triangular.ts';

const random = randomSource(5);
const size = 12;

/** Covariance of inputs that share most of what they are. */
function covariance(): Float64Array {
  const mix = Float64Array.from({ length: size * size }, (_, i) => random() + (i % (size + 1) === 0 ? 0.3 : 0));
  return Float64Array.from({ length: size * size }, (_, i) => {
    const [a, b] = [Math.floor(i / size), i % size];
    let sum = 0;
    for (let k = 0; k < size; k++) sum += mix[a * size + k] * mix[b * size + k];
    return sum;
  });
}

function outputError(weights: Float32Array, levels: Int8Array, scale: number, h: Float64Array): number {
  const e = weights.map((weight, i) => weight - levels[i] / scale);
  let sum = 0;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sum += e[i] * h[i * size + j] * e[j];
  return sum;
}

describe('inverseFactor', () => {
  it('is upper triangular, and its square is the inverse', () => {
    const h = covariance();
    const u = inverseFactor(h, size) ?? new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) expect(u[i * size + j]).toBe(0);
      for (let j = 0; j < size; j++) {
        // (UᵀU)·H = I
        let sum = 0;
        for (let k = 0; k < size; k++) {
          let inverse = 0;
          for (let l = 0; l < size; l++) inverse += u[l * size + i] * u[l * size + k];
          sum += inverse * h[k * size + j];
        }
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 6);
      }
    }
  });

  it('is none where the matrix is not positive definite', () => {
    expect(inverseFactor(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
  });
});

describe('roundedByInputs', () => {
  it('changes results less than rounding to the nearest level does', () => {
    const h = covariance();
    const scale = 8;
    let nearest = 0;
    let byInputs = 0;
    for (let trial = 0; trial < 20; trial++) {
      const weights = Float32Array.from({ length: size }, () => random() * 4 - 2);
      nearest += outputError(
        weights,
        Int8Array.from(weights, (weight) => Math.round(weight * scale)),
        scale,
        h,
      );
      const levels = roundedByInputs(weights, h, [scale], 1000) ?? new Int8Array(size);
      byInputs += outputError(weights, levels, scale, h);
    }
    expect(byInputs).toBeLessThan(nearest / 3);
  });

  it('is rounding to the nearest level where inputs have nothing to do with each other', () => {
    const weights = Float32Array.from({ length: 2 * size }, () => random() * 40 - 20);
    const identity = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
    const levels = roundedByInputs(weights, identity, [3, 20], 1000);
    const expected = [...weights].map((w, i) => Math.max(-127, Math.min(127, Math.round(w * (i < size ? 3 : 20)))));
    expect([...(levels ?? [])]).toEqual(expected.map((level) => (level === 0 ? 0 : level)));
  });

  it('leaves a dead channel at 0, and says where the inputs were always the same', () => {
    const weights = Float32Array.from({ length: 2 }, () => 1);
    expect(roundedByInputs(weights, Float64Array.of(1, 0, 0, 1), [0], 10)).toEqual(Int8Array.of(0, 0));
    expect(roundedByInputs(weights, new Float64Array(4), [5], 10)).toBeUndefined();
  });
});
