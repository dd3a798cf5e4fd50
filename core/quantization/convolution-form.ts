import type { ConvolutionOperation } from '../graph/graph.ts';
import type { ConvolutionForm, QuantizedTensor } from './quantized-network.ts';
import { requantisationOf } from './requantisation.ts';
import { quantiseWeights } from './weights.ts';

/**
 * A convolution between two tensors of given types: int8 → int8 requantises by M = s_out / (s_in * s_w), int8 → float
 * multiplies the accumulator by 1 / (s_in * s_w), float → float stays as it is.
 *
 * @param weightScales one per output channel; undefined for a convolution that runs in float
 */
export function convolutionForm(
  operation: ConvolutionOperation,
  weightScales: readonly number[] | undefined,
  input: QuantizedTensor,
  output: QuantizedTensor,
): { readonly form: ConvolutionForm; readonly clampedShare: number; readonly loweredChannels: readonly number[] } {
  const { activation } = operation;
  if (weightScales === undefined) {
    const { weights, bias } = operation;
    return { form: { kind: 'float', weights, bias, activation }, clampedShare: 0, loweredChannels: [] };
  }
  const quantised = quantiseWeights(operation, weightScales, input.scale);
  const { weights, bias, scales, clampedShare, loweredChannels } = quantised;
  const form: ConvolutionForm =
    output.type === 'int8'
      ? {
          kind: 'int8',
          weights,
          bias,
          requantisation: requantisationOf(
            scales.map((scale) => output.scale / (input.scale * scale)),
            activation,
            output.scale,
          ),
        }
      : {
          kind: 'int8-to-float',
          weights,
          bias,
          outputFactor: Float32Array.from(scales, (scale) => 1 / (input.scale * scale)),
          activation,
        };
  return { form, clampedShare, loweredChannels };
}
