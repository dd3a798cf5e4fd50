import type { Shape } from '../common/tensor.ts';
import { moveOperation } from './function-form.ts';
import { int8, one, type LayerKind } from './kind.ts';
import { resolveAxis } from './shapes.ts';

/** SSD's Permute: axis i of the top is axis order[i] of the bottom; axes not named follow in their order. */
export const permute: LayerKind = {
  types: ['Permute'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('permute_param');
    const stated = parameters.numbers('order');
    if (new Set(stated).size !== stated.length) {
      throw parameters.fail('layer.parameter', 'order names an axis twice.', 'Name each axis once.', 'order');
    }
    const orderOf = (bottom: Shape): number[] => {
      const order = stated.map((axis) => resolveAxis(axis, bottom, parameters));
      return [...order, ...bottom.map((_, axis) => axis).filter((axis) => !order.includes(axis))];
    };
    return {
      summary: stated.join(' '),
      outputShapes: ([bottom]) => [orderOf(bottom).map((axis) => bottom[axis])],
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        builder.node('Transpose', [bottom.name], { perm: orderOf(bottom.shape) }, top.name);
      },
      boardForm: () => int8,
      lower: (context) => {
        const order = orderOf(context.bottoms[0].shape);
        return [moveOperation(context, { kind: 'permute', order }, context.tops[0])];
      },
    };
  },
};
