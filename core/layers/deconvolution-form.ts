import type { Operation, Size2d } from '../graph/graph.ts';
import type { LoweringContext } from './kind.ts';

export interface DeconvolutionShape {
  readonly kernel: Size2d;
  readonly stride: Size2d;
  readonly pad: Size2d;
  readonly dilation: Size2d;
  readonly group: number;
  readonly outputChannels: number;
}

/**
 * A deconvolution as a convolution with its kernel turned round over the bottom's pixels `stride` apart, zeros between: the
 * same sums, and the same arithmetic in int8. Its padding is what the kernel reaches beyond the first pixel, less `pad`.
 */
export function lowerDeconvolution(context: LoweringContext, shape: DeconvolutionShape): readonly Operation[] {
  const { layer, bottoms, tops, weights } = context;
  const [bottom] = bottoms;
  const [top] = tops;
  const { kernel, stride, dilation, group, outputChannels } = shape;
  const [batch, channels, height = 1, width = 1] = bottom.shape;
  const reach = {
    height: dilation.height * (kernel.height - 1) - shape.pad.height,
    width: dilation.width * (kernel.width - 1) - shape.pad.width,
  };
  const pad = { height: Math.max(0, reach.height), width: Math.max(0, reach.width) };
  const surplus = { height: pad.height - reach.height, width: pad.width - reach.width };
  const operations: Operation[] = [];

  let source = bottom;
  if (stride.height > 1 || stride.width > 1) {
    const extents = [(height - 1) * stride.height + 1, (width - 1) * stride.width + 1];
    source = context.between('zeros', [batch, channels, ...extents]);
    operations.push({ kind: 'insert-zeros', layer, inputs: [bottom.id], output: source.id, stride });
  }
  // More padding than the kernel reaches takes away rows and columns of the result.
  const isCut = surplus.height > 0 || surplus.width > 0;
  const [, , rows = 1, columns = 1] = top.shape;
  const result = isCut
    ? context.between('whole', [batch, outputChannels, rows + 2 * surplus.height, columns + 2 * surplus.width])
    : top;
  operations.push({
    kind: 'convolution',
    layer,
    inputs: [source.id],
    output: result.id,
    fullyConnected: false,
    kernel,
    stride: { height: 1, width: 1 },
    pad,
    dilation,
    group,
    outputChannels,
    weights: turned(weights[0] ?? new Float32Array(), channels, shape),
    bias: weights[1] ?? new Float32Array(outputChannels),
    activation: { kind: 'none' },
  });
  if (isCut) {
    const offsets = [0, 0, surplus.height, surplus.width];
    operations.push({ kind: 'crop', layer, inputs: [result.id], output: top.id, offsets });
  }
  return operations;
}

/** Weights input x output / group x kernel as output x input / group x kernel, each kernel turned by half a turn. */
function turned(
  weights: Float32Array,
  channels: number,
  { kernel, group, outputChannels }: DeconvolutionShape,
): Float32Array {
  const area = kernel.height * kernel.width;
  const inputs = channels / group;
  const outputs = outputChannels / group;
  const result = new Float32Array(weights.length);
  let to = 0;
  for (let output = 0; output < outputChannels; output += 1) {
    const first = Math.floor(output / outputs) * inputs;
    for (let input = first; input < first + inputs; input += 1) {
      const from = (input * outputs + (output % outputs)) * area;
      for (let tap = area - 1; tap >= 0; tap -= 1) {
        result[to] = weights[from + tap];
        to += 1;
      }
    }
  }
  return result;
}
