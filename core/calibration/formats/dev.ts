import { commonMethods } from '../methods/index.ts';
import { klRelease } from '../methods/kl-release.ts';
import type { CalibrationTarget } from '../target.ts';
import { weightScales } from '../weight-scales.ts';
import {
  hasListedKernel,
  hasWeights,
  isConvolution,
  linesByLayer,
  type LayerWithWeights,
  type TableFormatDefinition,
} from './format.ts';

/** Activations below this are dead there. */
const deadActivation = 1e-6;

/**
 * caffe-int8-convert-tool-dev.py, 2018. Convolutions whose kernel is 3 or 1, keyed by layer: with group 1 a weight scale
 * and an activation scale for each group of the layer (so per channel of a depthwise one), the activations being those of
 * its bottom blob; with group 0, the tool's default, one of each. Histogram and KL are those of release.
 */
export const dev: TableFormatDefinition = {
  name: 'dev',
  description: 'caffe-int8-convert-tool-dev.py: one scale per group of a layer, weights and activations',
  activationKey: 'layer',
  defaultGroup: 0,
  canGroup: true,
  methods: { ...commonMethods, kl: klRelease },
  defaultMethod: 'kl',
  passes: 2,
  weightLayers: listedConvolutions,
  weightScales: (weights, _type, group, method) =>
    weightScales(weights.data, group === 1 ? weights.group : 1, {
      levels: 127,
      dead: 1e-4,
      threshold: method?.weightThreshold,
    }),
  activationLines: (target, group) => {
    const layers = listedConvolutions(target);
    return linesByLayer(layers).map((line, index) => ({
      ...line,
      parts: group === 1 ? layers[index].weights.group : 1,
      dead: deadActivation,
    }));
  },
};

function listedConvolutions(target: CalibrationTarget): readonly LayerWithWeights[] {
  return target.layers.filter(hasWeights).filter((layer) => isConvolution(layer) && hasListedKernel(layer.weights));
}
