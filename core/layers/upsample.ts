import { moveOperation } from './function-form.ts';
import { int8, one, type LayerKind } from './kind.ts';
import { imageShape } from './shapes.ts';

/** The YOLO forks' Upsample: every pixel repeated `scale` times in both directions. */
export const upsample: LayerKind = {
  types: ['Upsample'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('upsample_param');
    const scale = parameters.number('scale') ?? parameters.number('scale_h', 2);
    const scaleWidth = parameters.number('scale_w', scale);
    return {
      summary: `${scale} times`,
      outputShapes: ([bottom]) => {
        const { batch, channels, height, width } = imageShape(bottom, layer);
        return [[batch, channels, height * scale, width * scaleWidth]];
      },
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        const scales = builder.floats([4], Float32Array.of(1, 1, scale, scaleWidth));
        const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
        builder.node('Resize', [bottom.name, '', scales], attributes, top.name);
      },
      boardForm: () => int8,
      lower: (context) => [moveOperation(context, { kind: 'upsample' }, context.tops[0])],
    };
  },
};
