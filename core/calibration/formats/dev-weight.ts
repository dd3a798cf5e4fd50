import { commonMethods } from '../methods/index.ts';
import { klDevWeight } from '../methods/kl-dev-weight.ts';
import type { CalibrationTarget, LayerWeights } from '../target.ts';
import { weightScales } from '../weight-scales.ts';
import {
  hasWeights,
  isConvolution,
  linesByLayer,
  type LayerWithWeights,
  type TableFormatDefinition,
} from './format.ts';

/**
 * caffe-int8-convert-tool-dev-weight.py, 2019. Convolutions only; one weight scale per output channel (group 0: per
 * layer), 6 bits for those that Winograd F(4,3) may compute; one activation scale per layer, of its bottom blob.
 */
export const devWeight: TableFormatDefinition = {
  name: 'dev-weight',
  description: 'caffe-int8-convert-tool-dev-weight.py: one weight scale per output channel',
  activationKey: 'layer',
  defaultGroup: 1,
  canGroup: true,
  methods: { ...commonMethods, kl: klDevWeight },
  defaultMethod: 'kl',
  passes: 2,
  weightLayers: convolutions,
  weightScales: (weights, type, group, method) =>
    weightScales(weights.data, group === 1 ? weights.outputChannels : 1, {
      levels: hasSixBits(weights, type) ? 31 : 127,
      dead: 1e-4,
      threshold: method?.weightThreshold,
    }),
  activationLines: (target) => linesByLayer(convolutions(target)),
};

function convolutions(target: CalibrationTarget): readonly LayerWithWeights[] {
  return target.layers.filter(hasWeights).filter(isConvolution);
}

/** A 3x3 convolution of stride 1 that is not depthwise: Winograd's transform needs the two bits. */
function hasSixBits({ kernel, stride, group, outputChannels }: LayerWeights, type: string): boolean {
  const isThreeByThree = kernel.height === 3 && kernel.width === 3 && stride.height === 1 && stride.width === 1;
  const isDepthwise = type !== 'Convolution' || (group > 1 && group === outputChannels);
  return isThreeByThree && !isDepthwise;
}
