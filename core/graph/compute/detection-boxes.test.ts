import { describe, expect, it } from 'vitest';
import { clipBox, decodeBox, overlap, suppress, type Box } from './detection-boxes.ts';

const prior: Box = [0.2, 0.2, 0.6, 0.4];
const variance: Box = [0.1, 0.1, 0.2, 0.2];

function expectBox(got: Box, wanted: Box): void {
  got.forEach((value, index) => {
    expect(value).toBeCloseTo(wanted[index], 9);
  });
}

describe('decodeBox', () => {
  it('moves centre and size', () => {
    expectBox(decodeBox('CENTER_SIZE', prior, variance, [0, 0, 0, 0]), prior);
    // Centre (0.4 + 0.1 * 5 * 0.4, 0.3), width 0.4 * e^(0.2 * 5 * ln 2) = 0.8.
    expectBox(decodeBox('CENTER_SIZE', prior, variance, [5, 0, 5 * Math.LN2, 0]), [0.2, 0.2, 1, 0.4]);
  });

  it('moves corners, in parts of the image or of the prior', () => {
    expectBox(decodeBox('CORNER', prior, variance, [1, 1, 1, 1]), [0.3, 0.3, 0.8, 0.6]);
    expectBox(decodeBox('CORNER_SIZE', prior, variance, [1, 1, 1, 1]), [0.24, 0.22, 0.68, 0.44]);
  });

  it('clips', () => {
    expect(clipBox([-1, 0.5, 2, 1])).toEqual([0, 0.5, 1, 1]);
  });
});

describe('suppress', () => {
  const boxes: Box[] = [
    [0, 0, 1, 1],
    [0, 0, 1, 0.9],
    [0, 0, 0.5, 1],
    [2, 2, 3, 3],
  ];
  const scores = [0.8, 0.9, 0.7, 0.1];
  const options = { confidence: 0.05, overlap: 0.6, topK: -1, eta: 1 };
  const kept = (changes: Partial<typeof options>): number[] =>
    suppress((index) => scores[index], boxes, { ...options, ...changes });

  it('measures intersection over union', () => {
    expect(overlap(boxes[0], boxes[1])).toBeCloseTo(0.9, 9);
    expect(overlap(boxes[0], boxes[3])).toBe(0);
    expect(overlap(boxes[1], boxes[2])).toBeCloseTo(0.45 / 0.95, 9);
  });

  it('keeps the best of those that overlap, above the confidence, among the first candidates', () => {
    expect(kept({})).toEqual([1, 2, 3]);
    expect(kept({ overlap: 0.95 })).toEqual([1, 0, 2, 3]);
    expect(kept({ confidence: 0.1 })).toEqual([1, 2]);
    expect(kept({ topK: 2 })).toEqual([1]);
    expect(kept({ eta: 0.7 })).toEqual([1, 3]);
  });
});
