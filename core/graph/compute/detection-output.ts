import { elementCount, type Shape, type Tensor } from '../../common/tensor.ts';
import type { DetectionParameters } from '../detection-parameters.ts';
import { clipBox, decodeBox, suppress, type Box } from './detection-boxes.ts';

interface Detection {
  readonly label: number;
  readonly score: number;
  readonly box: Box;
}

const rowLength = 7;

function box(values: Float32Array, at: number): Box {
  return [values[at], values[at + 1], values[at + 2], values[at + 3]];
}

const unitVariance: Box = [1, 1, 1, 1];

/** Boxes of one image for one class. */
function decodeAll(p: DetectionParameters, locations: Float32Array, priors: Float32Array, label: number): Box[] {
  const count = priors.length / 8;
  const perPrior = p.sharedLocation ? 1 : p.classes;
  return Array.from({ length: count }, (_, index) => {
    const at = 4 * (index * perPrior + (p.sharedLocation ? 0 : label));
    const variance = p.varianceInTarget ? unitVariance : box(priors, 4 * (count + index));
    const decoded = decodeBox(p.code, box(priors, 4 * index), variance, box(locations, at));
    return p.clip ? clipBox(decoded) : decoded;
  });
}

/** Detections of one image: by class, best first within one. */
function detect(
  p: DetectionParameters,
  locations: Float32Array,
  confidences: Float32Array,
  priors: Float32Array,
): Detection[] {
  const shared = p.sharedLocation ? decodeAll(p, locations, priors, 0) : undefined;
  const found: Detection[] = [];
  for (let label = 0; label < p.classes; label += 1) {
    if (label === p.background) continue;
    const boxes = shared ?? decodeAll(p, locations, priors, label);
    const score = (index: number): number => confidences[index * p.classes + label];
    for (const index of suppress(score, boxes, p)) found.push({ label, score: score(index), box: boxes[index] });
  }
  if (p.keepTopK < 1 || found.length <= p.keepTopK) return found;
  const best = [...found].sort((a, b) => b.score - a.score).slice(0, p.keepTopK);
  return best.sort((a, b) => a.label - b.label || b.score - a.score);
}

/**
 * SSD's DetectionOutput: rows of image, label, confidence, left, top, right, bottom; those of image 0 first, without gaps.
 * Rows that are not used are 0.
 */
export function detectionRows(
  p: DetectionParameters,
  [locations, confidences, priors]: readonly Tensor[],
  shape: Shape,
): Float32Array {
  const data = new Float32Array(elementCount(shape));
  const [batch] = locations.shape;
  let row = 0;
  for (let image = 0; image < batch; image += 1) {
    const part = (values: Float32Array): Float32Array =>
      values.subarray((image * values.length) / batch, ((image + 1) * values.length) / batch);
    for (const { label, score, box: corners } of detect(p, part(locations.data), part(confidences.data), priors.data)) {
      data.set([image, label, score, ...corners], row * rowLength);
      row += 1;
    }
  }
  return data;
}
