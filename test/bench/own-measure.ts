import { overlap, type FoundBox } from '../../core/evaluation/detection/boxes.ts';
import { foundBoxes } from '../../core/evaluation/detection/detections.ts';
import type { Preprocessing } from '../../core/images/preprocessing.ts';
import { ultraFaceBoxes } from './ultraface-boxes.ts';

/**
 * How near int8's answer is to fp32's, as a network's user would see it, from 0 to 1:
 * - `class`: whether the last output's largest value is the same;
 * - `boxes`: the rows of a DetectionOutput: the F1 score of int8's boxes against fp32's, of the same class and overlapping by half;
 * - `faces`: UltraFace's boxes and scores of prior boxes: the F1 score of the faces that they say, in the same way;
 * - `cosine`: of the outputs, the mean.
 */
export type OwnMeasure = 'class' | 'boxes' | 'faces' | 'cosine';

/** What counts as seen. */
const confident = 0.5;
const sameBox = 0.5;

export function likeness(
  measure: OwnMeasure,
  exact: readonly Float32Array[],
  found: readonly Float32Array[],
  preprocessing: Preprocessing,
): number {
  const [wanted, other] = [exact[exact.length - 1], found[found.length - 1]];
  switch (measure) {
    case 'class':
      return largestIndex(wanted) === largestIndex(other) ? 1 : 0;
    case 'boxes':
      return boxScore(confidentBoxes(wanted, preprocessing), confidentBoxes(other, preprocessing));
    case 'faces':
      return boxScore(facesOf(exact), facesOf(found));
    case 'cosine':
      return exact.reduce((sum, values, index) => sum + cosine(values, found[index]) / exact.length, 0);
  }
}

function largestIndex(values: Float32Array): number {
  return values.reduce((best, value, index) => (value > values[best] ? index : best), 0);
}

function confidentBoxes(rows: Float32Array, preprocessing: Preprocessing): readonly FoundBox[] {
  return foundBoxes(rows, preprocessing).filter(({ confidence }) => confidence >= confident);
}

function boxScore(wanted: readonly FoundBox[], found: readonly FoundBox[]): number {
  const left = new Set(wanted);
  let matched = 0;
  for (const { label, box } of found.toSorted((a, b) => b.confidence - a.confidence)) {
    const match = [...left].find((one) => one.label === label && overlap(one.box, box) >= sameBox);
    if (match === undefined) continue;
    left.delete(match);
    matched++;
  }
  return f1(matched, wanted.length, found.length);
}

function facesOf([boxes, scores]: readonly Float32Array[]): readonly FoundBox[] {
  return ultraFaceBoxes(boxes, scores, confident);
}

/** 1 where there is nothing to find and nothing was found. */
function f1(both: number, first: number, second: number): number {
  return first + second === 0 ? 1 : (2 * both) / (first + second);
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [product, own, other] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i] * b[i];
    own += a[i] * a[i];
    other += b[i] * b[i];
  }
  return own === 0 || other === 0 ? Number(own === other) : product / Math.sqrt(own * other);
}
