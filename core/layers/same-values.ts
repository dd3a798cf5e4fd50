import type { Shape } from '../common/tensor.ts';
import { int8, type LayerForm } from './kind.ts';

/** A layer whose tops hold the bottom's values in the same order: Split, Dropout, Flatten, Reshape. */
export function sameValues(summary: string, outputShapes: (bottom: Shape) => readonly Shape[]): LayerForm {
  return {
    summary,
    outputShapes: ([bottom = []]) => outputShapes(bottom),
    emitOnnx: ({ builder, bottoms: [bottom], tops }) => {
      for (const top of tops) {
        builder.node('Reshape', [bottom.name, builder.integers(top.shape)], {}, top.name);
      }
    },
    boardForm: () => int8,
    lower: ({ layer, bottoms: [bottom], tops }) =>
      tops.map(({ id }) => ({ kind: 'reshape', layer, inputs: [bottom.id], output: id })),
  };
}
