import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Shape, Tensor } from '../common/tensor.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import type { ForwardSession } from '../inference/session.ts';
import { notFiniteError } from './guards.ts';
import { emptyHistogram, type Histogram } from './histogram.ts';
import type { CountingRule } from './histogram.ts';
import { absoluteMax, emptyRange, mergeRanges, rangeOf, type BlobRange } from './range.ts';
import { regionValues, type Region } from './region.ts';
import { readSamples, type SkippedFile } from './samples.ts';

/** Everything that a pass over the inputs needs. */
export interface Pass extends LongCall {
  readonly paths: readonly string[];
  readonly preprocessing: Preprocessing | undefined;
  readonly input: { readonly blob: string; readonly shape: Shape };
  /** Absent where no blob but the input is wanted. */
  readonly session: ForwardSession | undefined;
  /** What to look at; the session returns all of their blobs but the input. */
  readonly regions: readonly Region[];
}

export interface CollectedRanges {
  readonly ranges: ReadonlyMap<string, BlobRange>;
  /** Files that could be read, for the second pass. */
  readonly readable: readonly string[];
  readonly skipped: readonly SkippedFile[];
  /** Inputs in them; a .npy file may hold several. */
  readonly sampleCount: number;
}

/** First pass: the range of every region over all inputs. Error: `calibration.not-finite`. */
export async function collectRanges(pass: Pass): Promise<CollectedRanges> {
  const ranges = new Map<string, BlobRange>(pass.regions.map(({ id }) => [id, emptyRange]));
  const readable: string[] = [];
  const skipped: SkippedFile[] = [];
  let sampleCount = 0;
  const visit: Visitor = ({ id, blob }, values, path) => {
    const range = rangeOf(values);
    if (range.notFinite > 0) throw notFiniteError(blob, path, blob === pass.input.blob);
    ranges.set(id, mergeRanges(ranges.get(id) ?? emptyRange, range));
  };
  await forEachFile(pass, 'measuring ranges (pass 1 of 2)', visit, {
    onRead: (path, samples) => {
      readable.push(path);
      sampleCount += samples;
    },
    onSkip: (file) => skipped.push(file),
  });
  return { ranges, readable, sampleCount, skipped };
}

/** Second pass: the histogram of every region over its range. Those without a range above 0 are left out. */
export async function collectHistograms(
  pass: Pass,
  ranges: ReadonlyMap<string, BlobRange>,
  count: CountingRule,
): Promise<ReadonlyMap<string, Histogram>> {
  const histograms = new Map<string, Histogram>();
  for (const { id } of pass.regions) {
    const max = absoluteMax(ranges.get(id) ?? emptyRange);
    if (max > 0) histograms.set(id, emptyHistogram(max));
  }
  await forEachFile(pass, 'counting values (pass 2 of 2)', ({ id }, values) => {
    const histogram = histograms.get(id);
    if (histogram !== undefined) count(values, histogram.max, histogram.counts);
  });
  return histograms;
}

type Visitor = (region: Region, values: Float32Array, path: string) => void;

async function forEachFile(
  pass: Pass,
  stage: string,
  visit: Visitor,
  listeners: {
    readonly onRead?: (path: string, samples: number) => void;
    readonly onSkip?: (file: SkippedFile) => void;
  } = {},
): Promise<void> {
  const { paths, preprocessing, input, signal } = pass;
  const meter = new ProgressMeter(stage, paths.length, 'inputs', pass.onProgress);
  meter.report(0);
  let skipped = 0;
  let done = 0;
  const onSkip = (file: SkippedFile): void => {
    skipped++;
    listeners.onSkip?.(file);
  };
  for await (const { path, tensors } of readSamples({ paths, shape: input.shape, preprocessing, signal, onSkip })) {
    for (const tensor of tensors)
      await visitBlobs(pass, tensor, (region, values) => {
        visit(region, values, path);
      });
    listeners.onRead?.(path, tensors.length);
    done++;
    meter.report(done + skipped, path);
  }
}

async function visitBlobs(pass: Pass, tensor: Tensor, visit: (region: Region, values: Float32Array) => void) {
  const { input, session, signal } = pass;
  const results = await session?.run(new Map([[input.blob, tensor]]));
  for (const region of pass.regions) {
    signal?.throwIfAborted();
    const { blob } = region;
    const values = results?.get(blob) ?? (blob === input.blob ? tensor : undefined);
    if (values === undefined) throw new Error(`the session did not return ${blob}`);
    visit(region, regionValues(region, values.data));
  }
}
