import { elementCount, type Shape } from '../common/tensor.ts';
import { int8Convolution, notOnBoard, one, type LayerKind } from './kind.ts';
import { resolveAxis } from './shapes.ts';

/** Weights stored K x N (`transpose: true`) as N x K. */
function transposed(weights: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(weights.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      result[column * rows + row] = weights[row * columns + column] ?? 0;
    }
  }
  return result;
}

/** Caffe's InnerProduct: the axes from `axis` on are one vector. */
export const innerProduct: LayerKind = {
  types: ['InnerProduct'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('inner_product_param');
    const outputs = parameters.required('num_output');
    if (outputs < 1) {
      throw parameters.fail('layer.parameter', 'num_output must be 1 or more.', 'Correct the value.', 'num_output');
    }
    const hasBias = parameters.boolean('bias_term', true);
    const transpose = parameters.boolean('transpose', false);
    const axisOf = (bottom: Shape): number => resolveAxis(parameters.number('axis', 1), bottom, parameters);
    const inputsOf = (bottom: Shape): number => elementCount(bottom.slice(axisOf(bottom)));
    const weightShape = (bottom: Shape): Shape =>
      transpose ? [inputsOf(bottom), outputs] : [outputs, inputsOf(bottom)];

    return {
      summary: `${outputs} outputs${transpose ? ', transposed weights' : ''}`,
      outputShapes: ([bottom = []]) => [[...bottom.slice(0, axisOf(bottom)), outputs]],
      weightShapes: ([bottom = []]) => [
        { name: 'weights', shape: weightShape(bottom) },
        ...(hasBias ? [{ name: 'bias', shape: [outputs] }] : []),
      ],
      macs: ([bottom = []]) => elementCount(bottom) * outputs,
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top], weights: [weights = new Float32Array(), bias] }) => {
        const shape = bottom.shape;
        const rows = elementCount(shape.slice(0, axisOf(shape)));
        const matrix = builder.node('Reshape', [bottom.name, builder.integers([rows, inputsOf(shape)])]);
        const constants = [builder.floats(weightShape(shape), weights)];
        if (bias !== undefined) constants.push(builder.floats([outputs], bias));
        const product = builder.node('Gemm', [matrix, ...constants], { transB: transpose ? 0 : 1 });
        builder.node('Reshape', [product, builder.integers(top.shape)], {}, top.name);
      },
      boardForm: ([bottom = []]) =>
        axisOf(bottom) === 1 && bottom.length <= 4
          ? int8Convolution
          : notOnBoard('An inner product runs on boards only over all axes after the batch (axis 1, up to four axes).'),
      lower: ({ layer: name, bottoms: [bottom], tops: [top], weights: [weights = new Float32Array(), bias] }) => {
        const shape = bottom.shape;
        return [
          {
            kind: 'convolution',
            layer: name,
            inputs: [bottom.id],
            output: top.id,
            fullyConnected: true,
            kernel: { height: shape[2] ?? 1, width: shape[3] ?? 1 },
            stride: { height: 1, width: 1 },
            pad: { height: 0, width: 0 },
            dilation: { height: 1, width: 1 },
            group: 1,
            outputChannels: outputs,
            weights: transpose ? transposed(weights, inputsOf(shape), outputs) : weights,
            bias: bias ?? new Float32Array(outputs),
            activation: { kind: 'none' },
          },
        ];
      },
    };
  },
};
