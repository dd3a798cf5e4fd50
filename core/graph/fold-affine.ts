import type { AffineOperation, ConvolutionOperation, Graph } from './graph.ts';
import { mergePairs } from './merge.ts';

/**
 * Folds y = x * scale + shift (BatchNorm, Scale) into the convolution that writes x: w' = w * scale, b' = b * scale + shift.
 * Two such operations in a row become one first, so that BatchNorm and Scale fold together.
 */
export function foldAffine(graph: Graph): Graph {
  return mergePairs(graph, (first, second) => {
    if (second.kind !== 'affine') return undefined;
    if (first.kind === 'convolution' && first.activation.kind === 'none') return foldIntoConvolution(first, second);
    if (first.kind === 'affine' && first.activation.kind === 'none') return joinAffine(first, second);
    return undefined;
  });
}

function foldIntoConvolution(convolution: ConvolutionOperation, affine: AffineOperation): ConvolutionOperation {
  const { scale, shift } = affine;
  const perChannel = convolution.weights.length / convolution.outputChannels;
  const weights = new Float32Array(convolution.weights.length);
  for (let channel = 0; channel < convolution.outputChannels; channel += 1) {
    const factor = scale[channel] ?? 1;
    for (let index = channel * perChannel; index < (channel + 1) * perChannel; index += 1) {
      weights[index] = (convolution.weights[index] ?? 0) * factor;
    }
  }
  const bias = convolution.bias.map((value, channel) => value * (scale[channel] ?? 1) + (shift[channel] ?? 0));
  return { ...convolution, weights, bias, output: affine.output, activation: affine.activation };
}

function joinAffine(first: AffineOperation, second: AffineOperation): AffineOperation {
  return {
    ...first,
    output: second.output,
    activation: second.activation,
    scale: first.scale.map((value, channel) => value * (second.scale[channel] ?? 1)),
    shift: first.shift.map((value, channel) => value * (second.scale[channel] ?? 1) + (second.shift[channel] ?? 0)),
  };
}
