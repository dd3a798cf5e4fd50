import type { WeightBlob } from '../caffe/blob.ts';
import type { CaffeModel } from '../caffe/caffemodel.ts';
import { didYouMean } from '../caffe/suggestion.ts';
import { CortadoError } from '../common/errors.ts';
import { elementCount, shapeText, type Shape } from '../common/tensor.ts';
import type { WeightShape } from '../layers/kind.ts';

/**
 * The blobs of a layer, held against what the layer wants.
 * @throws CortadoError `network.weights-missing`, `network.weights-count`, `network.weights-shape`
 */
export function matchWeights(layer: string, wanted: readonly WeightShape[], model: CaffeModel): readonly WeightBlob[] {
  if (wanted.length === 0) return [];
  const found = model.layers.get(layer);
  if (found === undefined) throw weightsMissing(layer, model);
  const least = wanted.filter(({ optional }) => optional !== true).length;
  if (found.length < least || found.length > wanted.length) {
    throw new CortadoError(
      'network.weights-count',
      `The layer ${layer} wants ${wanted.length} blobs (${wanted.map(({ name }) => name).join(', ')}); the file has ${found.length}.`,
      'Take prototxt and caffemodel from the same source; bias_term must be as it was in training.',
      { location: { file: model.file, field: `layer "${layer}"` } },
    );
  }
  return found.map((blob, index) => matchBlob(layer, index, blob, wanted[index], model.file));
}

function matchBlob(
  layer: string,
  index: number,
  blob: WeightBlob,
  wanted: WeightShape | undefined,
  file: string,
): WeightBlob {
  const shape = wanted?.shape ?? [];
  const what = `The ${wanted?.name ?? 'blob'} of the layer ${layer}`;
  const location = { file, field: `layer "${layer}".blobs[${index}]` };
  if (!isSameShape(blob.shape, shape)) {
    throw new CortadoError(
      'network.weights-shape',
      `${what} must be ${shapeText(shape)}; the file has ${shapeText(blob.shape)}.`,
      'Take prototxt and caffemodel from the same source, or correct num_output, kernel_size, group or the input shape.',
      { location },
    );
  }
  if (blob.data.length !== elementCount(shape)) {
    throw new CortadoError(
      'network.weights-empty',
      `${what} has a shape and no values.`,
      'The file was stripped of its weights: take the trained caffemodel.',
      { location },
    );
  }
  return { shape, data: blob.data };
}

/** Old files write ones around (1x1x1x32 for 32), which change neither number nor order of the values. */
function isSameShape(a: Shape, b: Shape): boolean {
  const without = (shape: Shape): string => shape.filter((extent) => extent !== 1).join('x');
  return without(a) === without(b);
}

function weightsMissing(layer: string, model: CaffeModel): CortadoError {
  return new CortadoError(
    'network.weights-missing',
    `There are no weights for the layer ${layer}.${didYouMean(layer, model.layers.keys())}`,
    'Weights match by layer name: take prototxt and caffemodel from the same source.',
    { location: { file: model.file, field: `layer "${layer}"` } },
  );
}
