import type { Shape } from '../common/tensor.ts';
import { moveOperation } from './function-form.ts';
import { int8, one, type LayerKind } from './kind.ts';
import { resolveAxis } from './shapes.ts';

/** Caffe's Tile: the bottom repeated along an axis. */
export const tile: LayerKind = {
  types: ['Tile'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('tile_param');
    const tiles = parameters.required('tiles');
    const repeats = (bottom: Shape): number[] => {
      const axis = resolveAxis(parameters.number('axis', 1), bottom, parameters);
      return bottom.map((_, index) => (index === axis ? tiles : 1));
    };
    return {
      summary: `${tiles} times`,
      outputShapes: ([bottom]) => [repeats(bottom).map((count, index) => count * bottom[index])],
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        builder.node('Tile', [bottom.name, builder.integers(repeats(bottom.shape))], {}, top.name);
      },
      boardForm: () => int8,
      lower: (context) => [moveOperation(context, { kind: 'tile' }, context.tops[0])],
    };
  },
};
