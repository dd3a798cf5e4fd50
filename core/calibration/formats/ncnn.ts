import { commonMethods } from '../methods/index.ts';
import { klNcnn } from '../methods/kl-ncnn.ts';
import type { ThresholdMethod } from '../methods/method.ts';
import type { CalibrationTarget, LayerWeights } from '../target.ts';
import { weightScales } from '../weight-scales.ts';
import {
  hasWeights,
  linesByLayer,
  type Grouping,
  type LayerWithWeights,
  type TableFormatDefinition,
} from './format.ts';

/**
 * What ncnn2table writes and ncnn2int8 reads: convolutions and inner products by their names, of the weights that ncnn's
 * optimiser leaves (BatchNorm and Scale folded in). A convolution with groups is a ConvolutionDepthWise there and has one
 * weight scale per group, any other one per output channel. ncnn has no form with one scale per layer, so `--group 0`
 * repeats the layer's scale.
 */
export const ncnn: TableFormatDefinition = {
  name: 'ncnn',
  description: 'ncnn2table: one weight scale per output channel or group',
  activationKey: 'layer',
  defaultGroup: 1,
  canGroup: true,
  methods: { ...commonMethods, kl: klNcnn },
  defaultMethod: 'kl',
  passes: 1,
  weightLayers: layersWithWeights,
  weightScales: scales,
  activationLines: (target) => linesByLayer(layersWithWeights(target)),
};

function layersWithWeights(target: CalibrationTarget): readonly LayerWithWeights[] {
  return target.layers.filter(hasWeights);
}

function scales(weights: LayerWeights, _type: string, group: Grouping, method?: ThresholdMethod): readonly number[] {
  const parts = weights.group > 1 ? weights.group : weights.outputChannels;
  const options = { levels: 127, dead: 0, threshold: method?.weightThreshold };
  const line =
    group === 1
      ? weightScales(weights.folded, parts, options)
      : new Array<number>(parts).fill(weightScales(weights.folded, 1, options)[0]);
  return line.map(Math.fround);
}
