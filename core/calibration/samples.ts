import { CortadoError } from '../common/errors.ts';
import { npyToTensor, readNpy } from '../common/npy.ts';
import { elementCount, shapeText, type Shape, type Tensor } from '../common/tensor.ts';
import { isTensorFile } from '../images/list-images.ts';
import { normalise } from '../images/normalise.ts';
import { decodeToPixels } from '../images/pixels.ts';
import type { Preprocessing } from '../images/preprocessing.ts';

/** One file's inputs: a picture's one, or as many as a .npy tensor holds. */
export interface SampleFile {
  readonly path: string;
  readonly tensors: readonly Tensor[];
}

/** A file that could not be used, and why. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

export interface SampleSource {
  readonly paths: Iterable<string> | AsyncIterable<string>;
  /** The network's input for one sample. */
  readonly shape: Shape;
  /** How pictures become inputs; not needed for .npy tensors. */
  readonly preprocessing: Preprocessing | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onSkip: (file: SkippedFile) => void;
}

/**
 * Reads files one after the other, the next one while the last is being worked on; two are in memory at a time. A
 * picture that cannot be read is told to `onSkip` and left out; a .npy file that does not fit is an error.
 */
export async function* readSamples(source: SampleSource): AsyncGenerator<SampleFile> {
  const paths = inOrder(source.paths);
  const readNext = async (): Promise<ReadResult | undefined> => {
    const { done, value } = await paths.next();
    return done === true ? undefined : startReading(value, source);
  };
  let next = readNext();
  for (let result = await next; result !== undefined; result = await next) {
    source.signal?.throwIfAborted();
    next = readNext();
    if ('error' in result) throw result.error;
    if ('reason' in result) source.onSkip(result);
    else yield result;
  }
}

async function* inOrder(paths: SampleSource['paths']): AsyncGenerator<string, undefined> {
  yield* paths;
}

type ReadResult = SampleFile | SkippedFile | { readonly error: unknown };

/** Never rejects, so that a file read ahead may fail before anybody waits for it. */
async function startReading(path: string, source: SampleSource): Promise<ReadResult> {
  try {
    return { path, tensors: await readFile(path, source) };
  } catch (error) {
    const isUnreadable = error instanceof CortadoError && error.code.startsWith('images.');
    return isUnreadable ? { path, reason: error.message } : { error };
  }
}

async function readFile(path: string, source: SampleSource): Promise<readonly Tensor[]> {
  if (isTensorFile(path)) return splitSamples(npyToTensor(await readNpy(path)), path, source.shape);
  if (source.preprocessing === undefined) {
    throw new CortadoError(
      'calibration.preprocessing',
      'The inputs are pictures, but the network has no picture as its input.',
      'Give its inputs as a folder of .npy tensors.',
      { location: { file: path } },
    );
  }
  const pixels = await decodeToPixels(path, source.preprocessing, source.signal);
  return [{ shape: source.shape, data: normalise(pixels, source.preprocessing) }];
}

/** A tensor of N samples as N tensors; its batch axis may be left out. */
function splitSamples(tensor: Tensor, path: string, shape: Shape): readonly Tensor[] {
  const wanted = shape.slice(1);
  const given = tensor.shape.length === shape.length ? tensor.shape.slice(1) : tensor.shape;
  const size = elementCount(wanted);
  if (shapeText(given) !== shapeText(wanted) || tensor.data.length === 0) {
    throw new CortadoError(
      'calibration.input-shape',
      `The tensor is ${shapeText(tensor.shape)}, but the network's input is ${shapeText(shape)}.`,
      'Save inputs as the network takes them: mean and norm applied, channels first.',
      { location: { file: path } },
    );
  }
  return Array.from({ length: tensor.data.length / size }, (_, index) => ({
    shape,
    data: tensor.data.subarray(index * size, (index + 1) * size),
  }));
}
