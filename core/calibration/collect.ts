import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Shape, Tensor } from '../common/tensor.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import type { ForwardSession } from '../inference/session.ts';
import { FineHistogram, groupBins } from './fine-histogram.ts';
import { notFiniteError } from './guards.ts';
import { regionValues, type Region } from './region.ts';
import { readSamples, type SkippedFile } from './samples.ts';

/** Everything that the pass over the inputs needs. */
export interface Pass extends LongCall {
  readonly paths: readonly string[];
  readonly preprocessing: Preprocessing | undefined;
  readonly input: { readonly blob: string; readonly shape: Shape };
  /** Absent where no blob but the input is wanted. */
  readonly session: ForwardSession | undefined;
  /** What to look at; the session returns all of their blobs but the input. */
  readonly regions: readonly Region[];
}

export interface CollectedValues {
  /** By region. */
  readonly histograms: ReadonlyMap<string, FineHistogram>;
  /** How many files were read. */
  readonly used: number;
  /** Inputs in them; a .npy file may hold several. */
  readonly sampleCount: number;
  readonly skipped: readonly SkippedFile[];
  /** Where the time went. */
  readonly times: StageTimes;
}

/**
 * Milliseconds of work; the stages overlap, so their sum is more than the time that passed. Decoding's is the time that was
 * waited for it beyond what overlapped.
 */
export interface StageTimes {
  readonly waitForDecoding: number;
  readonly inference: number;
  readonly histogram: number;
}

/** The blobs of one input after the forward pass. */
interface Forwarded {
  readonly path: string;
  readonly input: Tensor;
  readonly results: ReadonlyMap<string, Tensor> | undefined;
}

/**
 * Counts the values of every region over all inputs, each read and forwarded once. Three things happen at a time: the next
 * file is decoded, one input is forwarded, and the blobs of the one before are counted; so memory holds two inputs' blobs
 * however many there are. Error: `calibration.not-finite`.
 */
export async function collectValues(pass: Pass): Promise<CollectedValues> {
  const { paths, preprocessing, input, session, regions, signal } = pass;
  const histograms = new Map(
    regions.map(({ id, parts }) => [id, new FineHistogram(parts > 1 ? groupBins : undefined)] as const),
  );
  const skipped: SkippedFile[] = [];
  const meter = new ProgressMeter('calibrating', paths.length, 'inputs', pass.onProgress);
  const times = { waitForDecoding: 0, inference: 0, histogram: 0 };
  let used = 0;
  let sampleCount = 0;
  let last: Forwarded | undefined;

  const count = (forwarded: Forwarded | undefined): void => {
    if (forwarded === undefined) return;
    const startedAt = performance.now();
    for (const region of regions) {
      signal?.throwIfAborted();
      const histogram = histograms.get(region.id);
      histogram?.add(regionValues(region, blobOf(forwarded, region.blob, input.blob)));
      if (histogram !== undefined && histogram.range.notFinite > 0) {
        throw notFiniteError(region.blob, forwarded.path, region.blob === input.blob);
      }
    }
    times.histogram += performance.now() - startedAt;
  };

  meter.report(0);
  const onSkip = (file: SkippedFile): void => void skipped.push(file);
  let waitingSince = performance.now();
  for await (const { path, tensors } of readSamples({ paths, shape: input.shape, preprocessing, signal, onSkip })) {
    times.waitForDecoding += performance.now() - waitingSince;
    for (const tensor of tensors) {
      const startedAt = performance.now();
      const [results] = await both(session?.run(new Map([[input.blob, tensor]])), () => {
        count(last);
      });
      times.inference += performance.now() - startedAt;
      last = { path, input: tensor, results };
    }
    used++;
    sampleCount += tensors.length;
    meter.report(used + skipped.length, path);
    waitingSince = performance.now();
  }
  count(last);
  return { histograms, used, sampleCount, skipped, times };
}

/** Does `meanwhile` while `running` runs, and waits for it even where that fails: a session must not be closed under it. */
async function both<T>(running: Promise<T> | undefined, meanwhile: () => void): Promise<[T | undefined]> {
  try {
    meanwhile();
  } catch (error) {
    await running?.catch(() => undefined);
    throw error;
  }
  return [await running];
}

function blobOf({ input, results }: Forwarded, blob: string, inputBlob: string): Float32Array {
  const values = results?.get(blob) ?? (blob === inputBlob ? input : undefined);
  if (values === undefined) throw new Error(`the session did not return ${blob}`);
  return values.data;
}
