import type { ScaleTable } from '../calibration/table.ts';
import type { ConvolutionOperation } from '../graph/graph.ts';
import { quantiseWeights } from '../quantization/weights.ts';

/** Mean of each channel of a layer's input: as it is in fp32, and as int8 leaves it. */
export interface InputMeans {
  readonly exact: Float64Array;
  readonly int8: Float64Array;
}

/**
 * What each channel's mean is off by through int8, to be taken from its bias: Nagel et al., "Data-free quantization through
 * weight equalization and bias correction" (arXiv:1906.04721, section 4.2), with measured means. The mean of a convolution
 * is the convolution of its input's means (but for borders), so per channel: Σ w·E[x] - Σ w'·E[x'].
 */
export function biasCorrection(
  operation: ConvolutionOperation,
  weightScales: readonly number[],
  inputScale: number,
  means: InputMeans,
): Float64Array {
  const { weights, scales } = quantiseWeights(operation, weightScales, inputScale);
  const { outputChannels, group, kernel } = operation;
  const area = kernel.height * kernel.width;
  const perOutput = operation.weights.length / outputChannels;
  const inputsPerGroup = perOutput / area;
  return Float64Array.from({ length: outputChannels }, (_, output) => {
    const firstInput = Math.floor((output * group) / outputChannels) * inputsPerGroup;
    let difference = 0;
    for (let k = 0; k < perOutput; k++) {
      const channel = firstInput + Math.floor(k / area);
      const index = output * perOutput + k;
      difference +=
        operation.weights[index] * means.exact[channel] - (weights[index] / scales[output]) * means.int8[channel];
    }
    return difference;
  });
}

/** The scales of a layer's weights, one per output channel. */
export function scalesOf(table: ScaleTable, { layer, outputChannels }: ConvolutionOperation): readonly number[] {
  const line = table.weights.get(layer) ?? [];
  return Array.from(
    { length: outputChannels },
    (_, channel) => line[Math.floor((channel * line.length) / outputChannels)],
  );
}
