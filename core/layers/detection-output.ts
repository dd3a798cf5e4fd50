import type { Fields } from '../caffe/fields.ts';
import { elementCount, type Shape, type Tensor } from '../common/tensor.ts';
import { clipBox, decodeBox, suppress, type Box, type CodeType, type SuppressionOptions } from './detection-boxes.ts';
import { cannotLower, notOnBoard, type LayerKind } from './kind.ts';
import { shapeError } from './shapes.ts';

interface DetectionParameters extends SuppressionOptions {
  readonly classes: number;
  readonly sharedLocation: boolean;
  readonly background: number;
  readonly code: CodeType;
  readonly varianceInTarget: boolean;
  readonly clip: boolean;
  /** Detections kept per image; all where it is less than 1. */
  readonly keepTopK: number;
}

interface Detection {
  readonly label: number;
  readonly score: number;
  readonly box: Box;
}

const rowLength = 7;

function readDetection(parameters: Fields): DetectionParameters {
  const suppression = parameters.nested('nms_param');
  const code = parameters.enumeration('code_type', 'CORNER');
  return {
    classes: parameters.required('num_classes'),
    sharedLocation: parameters.boolean('share_location', true),
    background: parameters.number('background_label_id', 0),
    code: code === 'CENTER_SIZE' || code === 'CORNER_SIZE' ? code : 'CORNER',
    varianceInTarget: parameters.boolean('variance_encoded_in_target', false),
    clip: parameters.boolean('clip_bbox', false),
    keepTopK: parameters.number('keep_top_k', -1),
    confidence: parameters.number('confidence_threshold', -Infinity),
    overlap: suppression.number('nms_threshold', 0.3),
    topK: suppression.number('top_k', -1),
    eta: suppression.number('eta', 1),
  };
}

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
 * SSD's DetectionOutput: boxes decoded from their priors, the best of each class kept. The top has a fixed number of rows
 * (image, label, confidence, left, top, right, bottom); those that are not used are 0.
 */
export const detectionOutput: LayerKind = {
  types: ['DetectionOutput'],
  bottoms: { least: 3, most: 3 },
  tops: { least: 1, most: 1 },
  parse(layer) {
    const p = readDetection(layer.nested('detection_output_param'));
    const rowsPerImage = (priorCount: number): number => {
      if (p.keepTopK > 0) return p.keepTopK;
      return (p.topK > 0 ? Math.min(p.topK, priorCount) : priorCount) * p.classes;
    };
    const outputShape = ([locations, confidences, priors]: readonly Shape[]): Shape => {
      const count = elementCount(priors.slice(1)) / 8;
      const [batch] = locations;
      const perPrior = p.sharedLocation ? 1 : p.classes;
      const fits =
        elementCount(locations) === batch * count * perPrior * 4 &&
        elementCount(confidences) === batch * count * p.classes;
      if (fits) return [1, 1, batch * rowsPerImage(count), rowLength];
      throw shapeError(
        layer,
        `There are ${count} prior boxes; locations and confidences do not have as many.`,
        'Correct num_classes, share_location or the prior boxes.',
      );
    };
    return {
      summary: `${p.classes} classes, ${p.keepTopK > 0 ? p.keepTopK : 'all'} kept`,
      outputShapes: (bottoms) => [outputShape(bottoms)],
      runOnHost: ([locations, confidences, priors]: readonly Tensor[]) => {
        const shape = outputShape([locations.shape, confidences.shape, priors.shape]);
        const data = new Float32Array(elementCount(shape));
        const [batch] = locations.shape;
        let row = 0;
        for (let image = 0; image < batch; image += 1) {
          const part = (values: Float32Array): Float32Array =>
            values.subarray((image * values.length) / batch, ((image + 1) * values.length) / batch);
          for (const { label, score, box: corners } of detect(
            p,
            part(locations.data),
            part(confidences.data),
            priors.data,
          )) {
            data.set([image, label, score, ...corners], row * rowLength);
            row += 1;
          }
        }
        return [{ shape, data }];
      },
      emitOnnx: () => {
        throw new Error('a detection output runs on the host');
      },
      boardForm: () => notOnBoard('A detection output has no board form yet.'),
      lower: cannotLower,
    };
  },
};
