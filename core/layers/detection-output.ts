import type { Fields } from '../caffe/fields.ts';
import { elementCount, type Shape, type Tensor } from '../common/tensor.ts';
import { detectionRows } from '../graph/compute/detection-output.ts';
import type { DetectionParameters } from '../graph/detection-parameters.ts';
import { functionOperation } from './function-form.ts';
import { inFloat, type LayerKind } from './kind.ts';
import { shapeError } from './shapes.ts';

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
      runOnHost: (bottoms: readonly Tensor[]) => {
        const shape = outputShape(bottoms.map((bottom) => bottom.shape));
        return [{ shape, data: detectionRows(p, bottoms, shape) }];
      },
      emitOnnx: () => {
        throw new Error('a detection output runs on the host');
      },
      boardForm: () => inFloat('Boxes need more than 8 bits.'),
      lower: (context) => [functionOperation(context, { kind: 'detection-output', parameters: p })],
    };
  },
};
