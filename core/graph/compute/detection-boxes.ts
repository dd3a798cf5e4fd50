import type { CodeType, SuppressionOptions } from '../detection-parameters.ts';
import { exp } from './exact-math.ts';

/** Corners in parts of the image: left, top, right, bottom. */
export type Box = readonly [number, number, number, number];

/** A box from its prior and what the network predicts relative to it (SSD's bbox_util, DecodeBBox). */
export function decodeBox(code: CodeType, prior: Box, variance: Box, location: Box): Box {
  const [left, top, right, bottom] = prior;
  const [a, b, c, d] = location.map((value, index) => value * variance[index]);
  if (code === 'CORNER') return [left + a, top + b, right + c, bottom + d];
  const width = right - left;
  const height = bottom - top;
  if (code === 'CORNER_SIZE') return [left + a * width, top + b * height, right + c * width, bottom + d * height];
  const centreX = a * width + (left + right) / 2;
  const centreY = b * height + (top + bottom) / 2;
  const halfWidth = (exp(c) * width) / 2;
  const halfHeight = (exp(d) * height) / 2;
  return [centreX - halfWidth, centreY - halfHeight, centreX + halfWidth, centreY + halfHeight];
}

export function clipBox(box: Box): Box {
  const [left, top, right, bottom] = box.map((value) => Math.min(Math.max(value, 0), 1));
  return [left, top, right, bottom];
}

function area([left, top, right, bottom]: Box): number {
  return right < left || bottom < top ? 0 : (right - left) * (bottom - top);
}

/** Intersection over union. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

/**
 * Indices of the boxes that stay, best first: those above the confidence whose overlap with every better one is at most the
 * limit, which `eta` below 1 lowers as boxes are kept (ApplyNMSFast).
 */
export function suppress(
  scores: (index: number) => number,
  boxes: readonly Box[],
  { confidence, overlap: limit, topK, eta }: SuppressionOptions,
): number[] {
  const candidates = boxes
    .map((_, index) => index)
    .filter((index) => scores(index) > confidence)
    .sort((a, b) => scores(b) - scores(a));
  const kept: number[] = [];
  let threshold = limit;
  for (const index of topK > 0 ? candidates.slice(0, topK) : candidates) {
    if (!kept.every((better) => overlap(boxes[index], boxes[better]) <= threshold)) continue;
    kept.push(index);
    if (eta < 1 && threshold > 0.5) threshold *= eta;
  }
  return kept;
}
