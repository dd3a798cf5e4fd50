import type { AffineOperation, ConvolutionOperation, Graph } from './graph.ts';
import { mergePairs } from './merge.ts';

/**
 * Folds y = x * scale + shift (BatchNorm, Scale) into the convolution that alone reads y: w' = w * scale,
 * b' = b + Σ w * shift, both by input channel. Where the convolution pads, only an operation without shift folds: Caffe pads y
 * with zeros, and those would become shifts.
 *
 * Not among the passes of `optimise`, for float networks only: a scale table knows the range of y, not of x.
 */
export function foldAffineForward(graph: Graph): Graph {
  return mergePairs(graph, (first, second) => {
    if (first.kind !== 'affine' || second.kind !== 'convolution' || first.activation.kind !== 'none') return undefined;
    const pads = second.pad.height > 0 || second.pad.width > 0;
    return pads && first.shift.some((shift) => shift !== 0) ? undefined : foldIntoReader(first, second);
  });
}

function foldIntoReader({ inputs, scale, shift }: AffineOperation, reader: ConvolutionOperation): ConvolutionOperation {
  const { kernel, group, outputChannels } = reader;
  const area = kernel.height * kernel.width;
  const perOutput = reader.weights.length / outputChannels;
  const channels = perOutput / area;
  const outputsPerGroup = outputChannels / group;
  const weights = new Float32Array(reader.weights.length);
  const bias = reader.bias.map((value, output) => {
    const firstChannel = Math.floor(output / outputsPerGroup) * channels;
    let sum = value;
    for (let i = 0; i < perOutput; i += 1) {
      const channel = firstChannel + Math.floor(i / area);
      const weight = reader.weights[output * perOutput + i];
      weights[output * perOutput + i] = weight * scale[channel];
      sum += weight * shift[channel];
    }
    return sum;
  });
  return { ...reader, inputs, weights, bias };
}
