import { elementCount, type Shape } from '../common/tensor.ts';
import type { Reduction } from '../graph/float-functions.ts';
import { functionOperation } from './function-form.ts';
import { inFloat, one, type LayerKind } from './kind.ts';
import { resolveAxis } from './shapes.ts';

const onnxTypes: Readonly<Record<string, string>> = { ASUM: 'ReduceL1', SUMSQ: 'ReduceSumSquare', MEAN: 'ReduceMean' };

const functions: Readonly<Record<string, Reduction['function']>> = { ASUM: 'absolute-sum', SUMSQ: 'square-sum' };

/** Caffe's Reduction: one value for all axes from `axis` on, times a coefficient. */
export const reduction: LayerKind = {
  types: ['Reduction'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('reduction_param');
    const operation = parameters.enumeration('operation', 'SUM');
    const coefficient = parameters.number('coeff', 1);
    const axisOf = (bottom: Shape): number => resolveAxis(parameters.number('axis', 0), bottom, parameters);
    return {
      summary: operation.toLowerCase(),
      outputShapes: ([bottom]) => [bottom.slice(0, axisOf(bottom))],
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        const rows = elementCount(top.shape);
        const matrix = builder.node('Reshape', [
          bottom.name,
          builder.integers([rows, elementCount(bottom.shape) / rows]),
        ]);
        const reduced =
          operation === 'SUM'
            ? builder.node('ReduceSum', [matrix, builder.integers([1])], { keepdims: 0 })
            : builder.node(onnxTypes[operation], [matrix], { axes: [1], keepdims: 0 });
        const scaled = builder.node('Mul', [reduced, builder.scalar(coefficient)]);
        builder.node('Reshape', [scaled, builder.integers(top.shape)], {}, top.name);
      },
      boardForm: () => inFloat('A reduction has no int8 form.'),
      lower: (context) => {
        const [{ shape }] = context.bottoms;
        const length = elementCount(shape.slice(axisOf(shape)));
        const factor = operation === 'MEAN' ? coefficient / length : coefficient;
        return [functionOperation(context, { kind: 'reduction', function: functions[operation] ?? 'sum', factor })];
      },
    };
  },
};
