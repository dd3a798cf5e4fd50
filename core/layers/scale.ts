import type { Shape } from '../common/tensor.ts';
import { affineOperation, emitAffine } from './affine-form.ts';
import { broadcastOperations } from './function-form.ts';
import { affineInFloat, inFloat, type LayerKind } from './kind.ts';
import { resolveAxis, sameShape, shapeError } from './shapes.ts';

/**
 * Caffe's Scale: the bottom times a blob of its axes from `axis` on, plus a bias of the same shape. The blob is trained, or
 * is the second bottom.
 */
export const scale: LayerKind = {
  types: ['Scale'],
  bottoms: { least: 1, most: 2 },
  tops: { least: 1, most: 1 },
  parse(layer) {
    const parameters = layer.nested('scale_param');
    const hasBias = parameters.boolean('bias_term', false);
    const axisCount = parameters.number('num_axes', 1);
    const axisOf = (bottom: Shape): number => resolveAxis(parameters.number('axis', 1), bottom, parameters);

    const factorShape = (bottoms: readonly Shape[]): Shape => {
      const [bottom] = bottoms;
      const second = bottoms.at(1);
      const axis = axisOf(bottom);
      if (second === undefined) return bottom.slice(axis, axisCount < 0 ? undefined : axis + axisCount);
      if (!sameShape(bottom.slice(axis, axis + second.length), second)) {
        throw shapeError(
          layer,
          `The second bottom (${second.join('x')}) does not match the first (${bottom.join('x')}) from axis ${axis} on.`,
          'Correct axis, or the layer that computes the second bottom.',
        );
      }
      return second;
    };
    /** The factors' shape with ones around, as broadcasting wants it. */
    const broadcast = (bottoms: readonly Shape[]): Shape => {
      const [bottom = []] = bottoms;
      const axis = axisOf(bottom);
      const factors = factorShape(bottoms);
      return bottom.map((_, index) => factors[index - axis] ?? 1);
    };

    const isPerChannel = (bottoms: readonly Shape[]): boolean =>
      bottoms.length === 1 && axisOf(bottoms[0]) === 1 && axisCount === 1;

    return {
      summary: hasBias ? 'with bias' : '',
      outputShapes: (bottoms) => {
        factorShape(bottoms);
        return bottoms.slice(0, 1);
      },
      weightShapes: (bottoms) => [
        ...(bottoms.length === 1 ? [{ name: 'scale', shape: factorShape(bottoms) }] : []),
        ...(hasBias ? [{ name: 'bias', shape: factorShape(bottoms) }] : []),
      ],
      emitOnnx: (context) => {
        const { builder, bottoms, tops, weights } = context;
        const shape = broadcast(bottoms.map((bottom) => bottom.shape));
        const [first] = bottoms;
        const second = bottoms.at(1);
        if (second === undefined) {
          const [factors = new Float32Array(), bias] = weights;
          emitAffine(context, { scale: factors, shift: bias ?? new Float32Array(factors.length) }, shape);
          return;
        }
        const factors = builder.node('Reshape', [second.name, builder.integers(shape)]);
        const [bias] = weights;
        const scaled = builder.node('Mul', [first.name, factors], {}, bias === undefined ? tops[0].name : undefined);
        if (bias !== undefined) builder.node('Add', [scaled, builder.floats(shape, bias)], {}, tops[0].name);
      },
      boardForm: (bottoms) => {
        if (isPerChannel(bottoms)) return affineInFloat;
        const reason = bottoms.length === 2 ? 'whose factors are computed' : 'with more than one factor per channel';
        return inFloat(`A Scale ${reason} has no int8 form.`);
      },
      lower: (context) => {
        const shapes = context.bottoms.map((bottom) => bottom.shape);
        if (isPerChannel(shapes)) {
          const [factors = new Float32Array(), bias] = context.weights;
          return [affineOperation(context, { scale: factors, shift: bias ?? new Float32Array(factors.length) })];
        }
        const [from] = context.bottoms;
        const [to] = context.tops;
        const second = context.bottoms.at(1);
        const [bias, factors] = context.weights.toReversed();
        const terms = hasBias ? bias : undefined;
        const trained = { values: (hasBias ? factors : bias) ?? new Float32Array() };
        const operand = second === undefined ? trained : { value: second };
        const shape = broadcast(shapes);
        if (terms === undefined) return broadcastOperations(context, 'multiply', operand, shape, { from, to });
        const scaled = context.between('scaled', from.shape);
        return [
          ...broadcastOperations(context, 'multiply', operand, shape, { from, to: scaled }),
          ...broadcastOperations(context, 'add', { values: terms }, shape, { from: scaled, to }),
        ];
      },
    };
  },
};
