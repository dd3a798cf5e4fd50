import { commonMethods } from '../methods/index.ts';
import { linesByBlob, type TableFormatDefinition } from './format.ts';

/**
 * TensorRT's calibration cache: a scale for every blob, none for weights, which TensorRT quantises by itself per output
 * channel (as `completeWeights` does for boards). Tensors have the names of Caffe's blobs there. The text is that of
 * `tensorrt-cache.ts`.
 */
export const tensorRt: TableFormatDefinition = {
  name: 'tensorrt',
  description: "TensorRT's calibration cache: one scale per blob",
  activationKey: 'blob',
  defaultGroup: 0,
  canGroup: false,
  methods: { ...commonMethods, kl: commonMethods.tensorrt },
  defaultMethod: 'tensorrt',
  passes: 1,
  weightLayers: () => [],
  weightScales: () => [],
  activationLines: linesByBlob,
};
