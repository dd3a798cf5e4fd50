import { elementCount } from '../common/tensor.ts';
import { moveOperation } from './function-form.ts';
import { int8, one, type LayerKind } from './kind.ts';
import { shapeError } from './shapes.ts';

/** ShuffleNet's ShuffleChannel: channel i * n + j of `group` x n becomes channel j * group + i. */
export const shuffleChannel: LayerKind = {
  types: ['ShuffleChannel'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const group = layer.nested('shuffle_channel_param').number('group', 1);
    return {
      summary: `group ${group}`,
      outputShapes: ([bottom]) => {
        if (group >= 1 && (bottom[1] ?? 0) % group === 0) return [bottom];
        throw shapeError(layer, `The group ${group} does not divide ${bottom[1] ?? 0} channels.`, 'Correct group.');
      },
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        const [batch, channels, ...rest] = bottom.shape;
        const split = builder.integers([batch, group, channels / group, elementCount(rest)]);
        const swapped = builder.node('Transpose', [builder.node('Reshape', [bottom.name, split])], {
          perm: [0, 2, 1, 3],
        });
        builder.node('Reshape', [swapped, builder.integers(bottom.shape)], {}, top.name);
      },
      boardForm: () => int8,
      lower: (context) => [moveOperation(context, { kind: 'shuffle-channel', group }, context.tops[0])],
    };
  },
};
