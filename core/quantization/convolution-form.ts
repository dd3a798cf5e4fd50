import type { ConvolutionOperation } from '../graph/graph.ts';
import { quantise } from './arithmetic.ts';
import { halfWeights, type HalfWeights } from './half-weights.ts';
import type { ConvolutionForm, QuantizedTensor } from './quantized-network.ts';
import { requantisationOf } from './requantisation.ts';
import { quantiseWeights } from './weights.ts';

/** How packages hold the weights of what runs in float. */
export type FloatWeights = 'float32' | 'float16';

interface ChosenForm {
  readonly form: ConvolutionForm;
  readonly clampedShare: number;
  readonly loweredChannels: readonly number[];
  /** Where float16 was wanted. */
  readonly half?: HalfWeights;
}

/**
 * A convolution between two tensors of given types: int8 → int8 requantises by M = s_out / (s_in * s_w), int8 → float
 * multiplies the accumulator by 1 / (s_in * s_w), float → float stays as it is.
 *
 * @param weightScales one per output channel; undefined for a convolution that runs in float
 * @param floatWeights how a convolution that runs in float holds its weights, where they allow it
 */
export function convolutionForm(
  operation: ConvolutionOperation,
  weightScales: readonly number[] | undefined,
  input: QuantizedTensor,
  output: QuantizedTensor,
  floatWeights: FloatWeights = 'float32',
): ChosenForm {
  const { activation, layer, resultOffset = 0 } = operation;
  if (resultOffset !== 0 && output.type !== 'int8') throw new Error(`${layer} stores an offset in float`);
  if (weightScales === undefined) return floatForm(operation, floatWeights);
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
            quantise(-resultOffset, output.scale),
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

function floatForm(operation: ConvolutionOperation, wanted: FloatWeights): ChosenForm {
  const { weights, bias, activation } = operation;
  const whole = { clampedShare: 0, loweredChannels: [] };
  if (wanted === 'float32') return { form: { kind: 'float', weightType: wanted, weights, bias, activation }, ...whole };
  const { weights: rounded, report } = halfWeights(operation);
  return {
    form: { kind: 'float', weightType: report.type, weights: rounded, bias, activation },
    ...whole,
    half: report,
  };
}
