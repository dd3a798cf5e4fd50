import { klRelease } from '../methods/kl-release.ts';
import type { CalibrationTarget, LayerWeights } from '../target.ts';
import { weightScales } from '../weight-scales.ts';
import { hasWeights, isConvolution, type ActivationLine, type TableFormatDefinition } from './format.ts';

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
  methods: { kl: klRelease },
  defaultMethod: 'kl',
  weightLayers: (target) =>
    target.layers.filter(hasWeights).filter((layer) => isConvolution(layer) && hasListedKernel(layer.weights)),
  weightScales: (weights) => weightScales(weights.data, 1, { levels: 127, dead: 0 }),
  activationLines,
};

function hasListedKernel({ kernel }: LayerWeights): boolean {
  return kernel.height === kernel.width && (kernel.height === 3 || kernel.height === 1);
}

function activationLines(target: CalibrationTarget): readonly ActivationLine[] {
  const readers = new Map<string, string>();
  for (const layer of target.layers) {
    if (layer.weights !== undefined && !readers.has(layer.bottoms[0])) readers.set(layer.bottoms[0], layer.name);
  }
  const lines = new Map<string, ActivationLine>();
  const add = (blob: string, maker: string): void => {
    if (lines.has(blob)) return;
    const reader = readers.get(blob);
    lines.set(blob, { key: blob, blob, layer: reader ?? maker, needed: reader !== undefined });
  };
  for (const blob of target.inputs.keys()) add(blob, blob);
  for (const { name, tops } of target.layers) if (tops.length > 0) add(tops[0], name);
  return [...lines.values()];
}
