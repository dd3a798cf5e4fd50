import { klRelease } from '../methods/kl-release.ts';
import { commonMethods } from '../methods/index.ts';
import { weightScales } from '../weight-scales.ts';
import { hasListedKernel, hasWeights, isConvolution, linesByBlob, type TableFormatDefinition } from './format.ts';

/**
 * caffe-int8-convert-tool.py, 2018. One weight scale per convolution whose kernel is 3 or 1; one activation scale for
 * every distinct first top, the inputs first, as the blob stands after the whole forward pass.
 */
export const release: TableFormatDefinition = {
  name: 'release',
  description: 'caffe-int8-convert-tool.py: one scale per layer and per blob',
  activationKey: 'blob',
  defaultGroup: 0,
  canGroup: false,
  methods: { ...commonMethods, kl: klRelease },
  defaultMethod: 'kl',
  passes: 2,
  weightLayers: (target) =>
    target.layers.filter(hasWeights).filter((layer) => isConvolution(layer) && hasListedKernel(layer.weights)),
  weightScales: (weights, _type, _group, method) =>
    weightScales(weights.data, 1, { levels: 127, dead: 0, threshold: method?.weightThreshold }),
  activationLines: linesByBlob,
};
