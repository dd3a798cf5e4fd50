import { expect, it } from 'vitest';
import type { Preprocessing } from '../../core/images/preprocessing.ts';
import { likeness } from './own-measure.ts';
import { ultraFaceBoxes } from './ultraface-boxes.ts';

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
  ['cosine', of(1, 0), of(2, 0), 1],
  ['cosine', of(1, 0), of(1, 1), Math.SQRT1_2],
] as const)('%s of %j and %j is %d', (measure, exact, found, expected) => {
  expect(likeness(measure, exact, found, preprocessing)).toBeCloseTo(expected, 6);
});

/** UltraFace's outputs where some prior boxes, moved by a share of their width, say a face and all others none. */
function ultraFace(...faces: readonly (readonly [prior: number, moved: number, score: number])[]): Float32Array[] {
  const [boxes, scores] = [new Float32Array(4420 * 4), new Float32Array(4420 * 2)];
  for (const [prior, moved, score] of faces) {
    boxes[4 * prior] = moved / 0.1;
    scores[2 * prior + 1] = score;
  }
  return [boxes, scores];
}

it('decodes the faces of UltraFace', () => {
  // The last but two: the square of 128 pixels at the right end of the last row of 4 x 5 places that are 64 pixels apart.
  const [{ box, ...rest }, ...none] = ultraFaceBoxes(...pair(ultraFace([4417, 0.5, 0.9], [0, 0, 0.2])), 0.5);
  expect(none).toEqual([]);
  expect(rest).toEqual({ label: 1, confidence: Math.fround(0.9) });
  expect(box.left).toBeCloseTo((4.5 * 64 + 64 - 64) / 320, 6);
  expect(box.right).toBeCloseTo((4.5 * 64 + 64 + 64) / 320, 6);
  expect(box.top).toBeCloseTo((3.5 * 64 - 64) / 240, 6);
  expect(box.bottom).toBeCloseTo((3.5 * 64 + 64) / 240, 6);
});

it('counts the same face once, and compares faces by where they are', () => {
  const once = ultraFace([4417, 0, 0.9], [4417 - 3, 1 / 2, 0.7]);
  expect(ultraFaceBoxes(...pair(once), 0.5)).toHaveLength(1);
  expect(likeness('faces', once, ultraFace([4417, 0.1, 0.6]), preprocessing)).toBe(1);
  expect(likeness('faces', once, ultraFace([4417, 0.1, 0.6], [0, 0, 0.6]), preprocessing)).toBeCloseTo(2 / 3, 6);
});

function pair([boxes, scores]: readonly Float32Array[]): [Float32Array, Float32Array] {
  return [boxes, scores];
}
