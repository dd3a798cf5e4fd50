import { CortadoError } from '../common/errors.ts';
import { binCount } from './histogram.ts';
import type { ActivationLine } from './formats/format.ts';
import { absoluteMax, type BlobRange } from './range.ts';
import type { LayerWeights } from './target.ts';

const INT8_LEVELS = 127;

/** A blob that took infinite values or no numbers on an input. */
export function notFiniteError(blob: string, path: string, isInput: boolean): CortadoError {
  return new CortadoError(
    'calibration.not-finite',
    `The blob ${blob} holds values that are infinite or no numbers on this input.`,
    isInput
      ? 'Check the mean, the norm and the file itself.'
      : 'Check that the weights belong to this prototxt, and the mean and the norm.',
    { location: { file: path, field: blob } },
  );
}

/** Whether a range leaves nothing to choose a scale by: all values 0, or so small that a bin's scale is no float32. */
export function isDead(range: BlobRange): boolean {
  return !Number.isFinite(Math.fround((INT8_LEVELS * binCount) / absoluteMax(range)));
}

/** Stops where a layer's weights hold what is no number. */
export function requireFiniteWeights(layer: string, { data, folded }: Pick<LayerWeights, 'data' | 'folded'>): void {
  const ofFile = isAllFinite(data);
  if (ofFile && (folded === data || isAllFinite(folded))) return;
  throw new CortadoError(
    'calibration.weights',
    `The weights of ${layer} hold values that are infinite or no numbers${ofFile ? ' once BatchNorm and Scale are folded in' : ''}.`,
    'Get the caffemodel again: it is damaged, or its training diverged.',
    { location: { field: layer } },
  );
}

function isAllFinite(values: Float32Array): boolean {
  for (const value of values) if (!(Math.abs(value) < Infinity)) return false;
  return true;
}

/** Stops where a blob that a layer computes with has nothing to calibrate by, with the likely cause. */
export function requireLively(line: Pick<ActivationLine, 'layer' | 'blob'>, range: BlobRange, isInput: boolean): void {
  const location = { location: { field: `${line.layer}: ${line.blob}` } };
  if (isDead(range)) {
    throw new CortadoError(
      'calibration.all-zero',
      isInput
        ? `The network's input ${line.blob} was 0 on every picture.`
        : `The blob ${line.blob}, which ${line.layer} reads, was 0 on every input.`,
      isInput
        ? 'Check the pictures (are they black?), the mean and the norm.'
        : 'The layers before it are dead: check that the weights belong to this prototxt, and the mean and the norm.',
      location,
    );
  }
  if (range.min === range.max && range.count > 1) {
    throw new CortadoError(
      'calibration.constant',
      `The blob ${line.blob}, which ${line.layer} reads, had the same value ${range.min} everywhere on every input.`,
      isInput
        ? 'Check the pictures (are they all of one colour?).'
        : 'Check that the weights belong to this prototxt, and the mean and the norm.',
      location,
    );
  }
}

/** A histogram that holds nothing of what the method looks at. */
export function emptyHistogramError(line: ActivationLine, method: string): CortadoError {
  return new CortadoError(
    'calibration.empty-histogram',
    `The blob ${line.blob}, which ${line.layer} reads, has no values that the method (${method}) counts.`,
    'A format that counts magnitudes (--format ncnn or release) can calibrate blobs that are never above 0.',
    { location: { field: `${line.layer}: ${line.blob}` } },
  );
}

/** More files could not be read than could: what is left is chance. */
export function tooFewInputsError(
  used: number,
  skipped: readonly { readonly path: string; readonly reason: string }[],
): CortadoError {
  return new CortadoError(
    'calibration.too-few',
    `Only ${used} of ${used + skipped.length} files could be read.`,
    `Check the folder; the first that could not is ${skipped[0].path}: ${skipped[0].reason}`,
  );
}

/** Nothing to calibrate with. */
export function noInputError(skipped: readonly { readonly path: string; readonly reason: string }[]): CortadoError {
  const [first] = skipped;
  return new CortadoError(
    'calibration.no-input',
    skipped.length === 0
      ? 'There is no input to calibrate with.'
      : `None of the ${skipped.length} files could be read.`,
    skipped.length === 0
      ? 'Give a folder of pictures of the kind that the network will see.'
      : `The first is ${first.path}: ${first.reason}`,
  );
}
