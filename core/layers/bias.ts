import type { Shape } from '../common/tensor.ts';
import { affineOperation } from './affine-form.ts';
import { broadcastOperations } from './function-form.ts';
import { affineInFloat, inFloat, type LayerKind } from './kind.ts';
import { resolveAxis, sameShape, shapeError } from './shapes.ts';

/** Caffe's Bias: the bottom plus a blob of its axes from `axis` on; the blob is trained, or is the second bottom. */
export const bias: LayerKind = {
  types: ['Bias'],
  bottoms: { least: 1, most: 2 },
  tops: { least: 1, most: 1 },
  parse(layer) {
    const parameters = layer.nested('bias_param');
    const axisCount = parameters.number('num_axes', 1);
    const axisOf = (bottom: Shape): number => resolveAxis(parameters.number('axis', 1), bottom, parameters);
    const termShape = (bottoms: readonly Shape[]): Shape => {
      const [bottom] = bottoms;
      const axis = axisOf(bottom);
      const second = bottoms.at(1) ?? bottom.slice(axis, axisCount < 0 ? undefined : axis + axisCount);
      if (sameShape(bottom.slice(axis, axis + second.length), second)) return second;
      throw shapeError(layer, 'The second bottom does not match the first from axis on.', 'Correct axis.');
    };
    /** The terms' shape with ones around, as broadcasting wants it. */
    const stretched = (bottoms: readonly Shape[]): Shape => {
      const axis = axisOf(bottoms[0]);
      const inner = termShape(bottoms);
      return bottoms[0].map((_, index) => inner[index - axis] ?? 1);
    };
    const isPerChannel = (bottoms: readonly Shape[]): boolean =>
      bottoms.length === 1 && axisOf(bottoms[0]) === 1 && axisCount === 1;
    return {
      summary: '',
      outputShapes: (bottoms) => {
        termShape(bottoms);
        return bottoms.slice(0, 1);
      },
      weightShapes: (bottoms) => (bottoms.length === 1 ? [{ name: 'bias', shape: termShape(bottoms) }] : []),
      emitOnnx: ({ builder, bottoms, tops: [top], weights: [terms = new Float32Array()] }) => {
        const shapes = bottoms.map((bottom) => bottom.shape);
        const shape = stretched(shapes);
        const second = bottoms.at(1);
        const term =
          second === undefined
            ? builder.floats(shape, terms)
            : builder.node('Reshape', [second.name, builder.integers(shape)]);
        builder.node('Add', [bottoms[0].name, term], {}, top.name);
      },
      boardForm: (bottoms) =>
        isPerChannel(bottoms)
          ? affineInFloat
          : inFloat('Only a Bias with one trained value per channel has an int8 form.'),
      lower: (context) => {
        const shapes = context.bottoms.map((bottom) => bottom.shape);
        const [shift = new Float32Array()] = context.weights;
        if (isPerChannel(shapes)) {
          return [affineOperation(context, { scale: new Float32Array(shift.length).fill(1), shift })];
        }
        const second = context.bottoms.at(1);
        const operand = second === undefined ? { values: shift } : { value: second };
        const ends = { from: context.bottoms[0], to: context.tops[0] };
        return broadcastOperations(context, 'add', operand, stretched(shapes), ends);
      },
    };
  },
};
