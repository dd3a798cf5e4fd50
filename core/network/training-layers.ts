/** Layers that bring data in. Their first top becomes an input of the network; labels are cut. */
const dataTypes: ReadonlySet<string> = new Set([
  'Data',
  'AnnotatedData',
  'ImageData',
  'HDF5Data',
  'MemoryData',
  'WindowData',
  'VideoData',
  'LMDBData',
]);

/** Layers whose every top is an input. */
const inputTypes: ReadonlySet<string> = new Set(['Input', 'DummyData']);

/** Layers that a deployed network does without; their bottoms become outputs. */
const cutTypes: ReadonlySet<string> = new Set([
  'Accuracy',
  'ContrastiveLoss',
  'DetectionEvaluate',
  'EuclideanLoss',
  'HDF5Output',
  'HingeLoss',
  'InfogainLoss',
  'MultiBoxLoss',
  'MultinomialLogisticLoss',
  'SigmoidCrossEntropyLoss',
  'SmoothL1Loss',
  'SoftmaxWithLoss',
]);

/** What a layer's type means for a network that is deployed. */
export type LayerRole = 'input' | 'data' | 'cut' | 'silence' | 'compute';

export function layerRole(type: string): LayerRole {
  if (inputTypes.has(type)) return 'input';
  if (dataTypes.has(type)) return 'data';
  if (type === 'Silence') return 'silence';
  return cutTypes.has(type) ? 'cut' : 'compute';
}

/** Types that are no kind of layer here and still known, for suggestions. */
export const roleTypes: readonly string[] = [...inputTypes, ...dataTypes, ...cutTypes, 'Silence'];
