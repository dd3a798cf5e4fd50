import type { Fields } from '../caffe/fields.ts';
import type { Shape } from '../common/tensor.ts';
import type { Size2d } from '../graph/graph.ts';
import { inFloat, type LayerKind } from './kind.ts';
import { boxesPerPlace, gatherAspectRatios, priorBoxValues, type PriorBoxes } from './prior-box-geometry.ts';
import { imageShape } from './shapes.ts';
import { readSize } from './window.ts';

function readPriorBoxes(parameters: Fields): PriorBoxes {
  const minSizes = parameters.numbers('min_size');
  const maxSizes = parameters.numbers('max_size');
  const variances = parameters.numbers('variance');
  if (minSizes.length === 0) throw parameters.missing('min_size');
  if (maxSizes.length > 0 && maxSizes.length !== minSizes.length) {
    throw parameters.fail(
      'layer.parameter',
      `There are ${maxSizes.length} values of max_size for ${minSizes.length} of min_size.`,
      'Give one max_size per min_size, or none.',
      'max_size',
    );
  }
  if (![0, 1, 4].includes(variances.length)) {
    throw parameters.fail('layer.parameter', 'variance must be given once or four times.', 'Correct it.', 'variance');
  }
  return {
    minSizes,
    maxSizes,
    aspectRatios: gatherAspectRatios(parameters.numbers('aspect_ratio'), parameters.boolean('flip', true)),
    offset: parameters.number('offset', 0.5),
    clip: parameters.boolean('clip', false),
    variances: variances.length === 0 ? [0.1] : variances,
  };
}

/** SSD's PriorBox: the boxes that predictions are relative to; they depend on shapes alone. */
export const priorBox: LayerKind = {
  types: ['PriorBox'],
  bottoms: { least: 2, most: 2 },
  tops: { least: 1, most: 1 },
  parse(layer) {
    const parameters = layer.nested('prior_box_param');
    const boxes = readPriorBoxes(parameters);
    const stated = readSize(parameters, 'img_size', 'img', 0);
    const steps = readSize(parameters, 'step', 'step', 0);
    const geometry = ([map, data]: readonly Shape[]): { map: Size2d; image: Size2d; step: Size2d } => {
      const { height, width } = imageShape(map, layer);
      const bottom = imageShape(data, layer);
      const image = { height: stated.height || bottom.height, width: stated.width || bottom.width };
      const step = { height: steps.height || image.height / height, width: steps.width || image.width / width };
      return { map: { height, width }, image, step };
    };
    return {
      summary: `${boxesPerPlace(boxes)} per place`,
      outputShapes: ([map]) => {
        const { height, width } = imageShape(map, layer);
        return [[1, 2, height * width * boxesPerPlace(boxes) * 4]];
      },
      emitOnnx: ({ builder, bottoms, tops: [top] }) => {
        const { map, image, step } = geometry(bottoms.map((bottom) => bottom.shape));
        const values = builder.floats(top.shape, priorBoxValues(boxes, map, image, step));
        builder.node('Identity', [values], {}, top.name);
      },
      boardForm: () => inFloat('Prior boxes are constants; nothing is computed on the board.'),
      lower: ({ layer: name, bottoms, tops: [top] }) => {
        const { map, image, step } = geometry(bottoms.map((bottom) => bottom.shape));
        const values = priorBoxValues(boxes, map, image, step);
        return [{ kind: 'constant', layer: name, inputs: [], output: top.id, values }];
      },
    };
  },
};
