import { expect, it } from 'vitest';
import type { Preprocessing } from '../../core/images/preprocessing.ts';
import { likeness } from './own-measure.ts';

const size = { width: 10, height: 10 };
const preprocessing: Preprocessing = {
  resize: size,
  crop: size,
  channels: 'bgr',
  mean: { kind: 'values', values: [] },
  norm: 1,
};
const of = (...values: readonly number[]): readonly Float32Array[] => [Float32Array.from(values)];
/** Rows of a DetectionOutput: image, class, confidence, left, top, right, bottom. */
const face = [0, 1, 0.9, 0.1, 0.1, 0.5, 0.5];
const shifted = [0, 1, 0.8, 0.12, 0.1, 0.52, 0.5];
const elsewhere = [0, 1, 0.8, 0.6, 0.6, 0.9, 0.9];
const doubtful = [0, 1, 0.3, 0.6, 0.6, 0.9, 0.9];

it.each([
  ['class', of(1, 3, 2), of(2, 4, 1), 1],
  ['class', of(1, 3, 2), of(4, 3, 2), 0],
  ['boxes', of(...face), of(...shifted), 1],
  ['boxes', of(...face), of(...elsewhere), 0],
  ['boxes', of(...face), of(...shifted, ...elsewhere), 2 / 3],
  ['boxes', of(...face, ...doubtful), of(...face), 1],
  ['boxes', of(...doubtful), of(0, 0, 0, 0, 0, 0, 0), 1],
  ['places', of(0.1, 0.9, 0.9, 0.1, 0.2, 0.8), of(0.2, 0.8, 0.8, 0.2, 0.6, 0.4), 2 / 3],
  ['cosine', of(1, 0), of(2, 0), 1],
  ['cosine', of(1, 0), of(1, 1), Math.SQRT1_2],
] as const)('%s of %j and %j is %d', (measure, exact, found, expected) => {
  expect(likeness(measure, exact, found, preprocessing)).toBeCloseTo(expected, 6);
});
