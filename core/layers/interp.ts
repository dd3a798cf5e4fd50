import type { Shape } from '../common/tensor.ts';
import type { Size2d } from '../graph/graph.ts';
import { functionOperation, moveOperation } from './function-form.ts';
import { inFloat, one, type LayerKind } from './kind.ts';
import { imageShape, shapeError } from './shapes.ts';

/** DeepLab's Interp: bilinear, corners on corners; negative paddings cut the bottom first. */
export const interp: LayerKind = {
  types: ['Interp'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('interp_param');
    const cut = [-parameters.number('pad_beg', 0), -parameters.number('pad_end', 0)];
    if (cut.some((amount) => amount < 0)) {
      throw parameters.fail('layer.parameter', 'pad_beg and pad_end must be 0 or less.', 'Correct them.');
    }
    const shrink = parameters.number('shrink_factor', 1);
    const zoom = parameters.number('zoom_factor', 1);
    const extent = (input: number, fixed: number | undefined): number => {
      const shrunk = Math.floor((input - 1) / shrink) + 1;
      return fixed ?? shrunk + (shrunk - 1) * (zoom - 1);
    };
    const sizes = (bottom: Shape): { inside: Size2d; output: Size2d } => {
      const { height, width } = imageShape(bottom, layer);
      const inside = { height: height - cut[0] - cut[1], width: width - cut[0] - cut[1] };
      const output = {
        height: extent(inside.height, parameters.number('height')),
        width: extent(inside.width, parameters.number('width')),
      };
      if (Math.min(inside.height, inside.width, output.height, output.width) >= 1) return { inside, output };
      throw shapeError(parameters, 'Nothing is left of the bottom.', 'Correct the sizes and factors.');
    };
    return {
      summary: 'bilinear',
      outputShapes: ([bottom]) => {
        const { output } = sizes(bottom);
        return [[bottom[0], bottom[1], output.height, output.width]];
      },
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        const { inside } = sizes(bottom.shape);
        const ends = [cut[0] + inside.height, cut[0] + inside.width];
        const ranges = [[cut[0], cut[0]], ends, [2, 3]].map((values) => builder.integers(values));
        const source = cut.some((amount) => amount > 0) ? builder.node('Slice', [bottom.name, ...ranges]) : bottom.name;
        const attributes = { mode: 'linear', coordinate_transformation_mode: 'align_corners' };
        builder.node('Resize', [source, '', '', builder.integers(top.shape)], attributes, top.name);
      },
      boardForm: () => inFloat('A bilinear interpolation has no int8 form.'),
      lower: (context) => {
        const [bottom] = context.bottoms;
        const [top] = context.tops;
        const { layer: name } = context;
        if (cut.every((amount) => amount === 0)) return [functionOperation(context, { kind: 'interp' })];
        const { inside } = sizes(bottom.shape);
        const [batch, channels] = bottom.shape;
        const middle = context.between('cut', [batch, channels, inside.height, inside.width]);
        return [
          moveOperation(context, { kind: 'crop', offsets: [0, 0, cut[0], cut[0]] }, middle),
          { kind: 'interp', layer: name, inputs: [middle.id], output: top.id },
        ];
      },
    };
  },
};
