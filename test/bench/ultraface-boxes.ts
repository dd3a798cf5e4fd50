import { overlap, type FoundBox } from '../../core/evaluation/detection/boxes.ts';

/** The network's input, in pixels. */
const input = { width: 320, height: 240 };
/** Prior boxes of Ultra-Light-Fast-Generic-Face-Detector-1MB, RFB-320: by distance between places, the sides of the squares at each. */
const priors: readonly (readonly [number, readonly number[]])[] = [
  [8, [10, 16, 24]],
  [16, [32, 48]],
  [32, [64, 96]],
  [64, [128, 192, 256]],
];
const centreVariance = 0.1;
const sizeVariance = 0.2;
/** Of two boxes that overlap by more the less certain one goes. */
const sameFace = 0.3;

/**
 * The faces that UltraFace's outputs say: for each prior box four numbers to move it by and two scores, the second that of a
 * face. Decoded as in SSD (Liu et al. 2016), the most certain first.
 *
 * @param boxes 4420 x 4
 * @param scores 4420 x 2
 * @param least how certain a face has to be
 */
export function ultraFaceBoxes(boxes: Float32Array, scores: Float32Array, least: number): readonly FoundBox[] {
  const found: FoundBox[] = [];
  for (const [index, { x, y, width, height }] of priorBoxes().entries()) {
    const confidence = scores[2 * index + 1];
    if (confidence < least) continue;
    const [across, down, wider, higher] = boxes.subarray(4 * index, 4 * index + 4);
    const [centreX, centreY] = [x + across * centreVariance * width, y + down * centreVariance * height];
    const halfWidth = (width * Math.exp(wider * sizeVariance)) / 2;
    const halfHeight = (height * Math.exp(higher * sizeVariance)) / 2;
    const [left, right] = [centreX - halfWidth, centreX + halfWidth];
    const [top, bottom] = [centreY - halfHeight, centreY + halfHeight];
    found.push({ label: 1, confidence, box: { left, top, right, bottom } });
  }
  const kept: FoundBox[] = [];
  for (const one of found.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.every(({ box }) => overlap(box, one.box) <= sameFace)) kept.push(one);
  }
  return kept;
}

/** Centre and size as shares of the input's width and height. */
interface PriorBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function priorBoxes(): readonly PriorBox[] {
  return priors.flatMap(([step, sides]) => {
    const [columns, rows] = [Math.ceil(input.width / step), Math.ceil(input.height / step)];
    return Array.from({ length: rows * columns }, (_, place) => {
      const x = (((place % columns) + 0.5) * step) / input.width;
      const y = ((Math.floor(place / columns) + 0.5) * step) / input.height;
      return sides.map((side) => ({ x, y, width: side / input.width, height: side / input.height }));
    }).flat();
  });
}
