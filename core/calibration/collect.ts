import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Shape, Tensor } from '../common/tensor.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import type { ForwardSession } from '../inference/session.ts';
import { FineHistogram, groupBins, type CountedValues } from './fine-histogram.ts';
import { notFiniteError } from './guards.ts';
import { emptyHistogram, type Histogram } from './histogram.ts';
import { countAbsolute } from './methods/count-absolute.ts';
import { countPositive } from './methods/count-positive.ts';
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

/** What the values of a region were. */
export interface RegionCounts {
  readonly range: BlobRange;
  readonly histogram: Histogram;
}

export interface CollectedValues extends PassRecord {
  /** By region. */
  readonly regions: ReadonlyMap<string, RegionCounts>;
}

export interface PassRecord {
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
 * Counts the values of every region as a method looks at them. Error: `calibration.not-finite`.
 *
 * @param passes 2: ranges first, then bins over the known range, as the tools do whose tables are written, to the same
 *   counts; 1: each input is read and forwarded once, and values near a bin's edge may fall into its neighbour
 *   (`FineHistogram`)
 */
export async function collectValues(pass: Pass, counted: CountedValues, passes: 1 | 2): Promise<CollectedValues> {
  return passes === 1 ? inOnePass(pass, counted) : inTwoPasses(pass, counted);
}

async function inOnePass(pass: Pass, counted: CountedValues): Promise<CollectedValues> {
  const { fine, ...record } = await countFine(pass);
  const regions = [...fine].map(
    ([id, values]) => [id, { range: values.range, histogram: values.histogram(counted) }] as const,
  );
  return { ...record, regions: new Map(regions) };
}

/** Counts the values of every region in one pass, into what merges exactly. Error: `calibration.not-finite`. */
export async function countFine(
  pass: Pass,
): Promise<PassRecord & { readonly fine: ReadonlyMap<string, FineHistogram> }> {
  const fine = new Map(
    pass.regions.map(({ id, parts }) => [id, new FineHistogram(parts > 1 ? groupBins : undefined)] as const),
  );
  const record = await forwardAll(pass, 'calibrating', (region, values) => {
    const histogram = fine.get(region.id);
    histogram?.add(values);
    return histogram?.range ?? emptyRange;
  });
  return { ...record, fine };
}

async function inTwoPasses(pass: Pass, counted: CountedValues): Promise<CollectedValues> {
  const ranges = new Map<string, BlobRange>();
  const first = await forwardAll(pass, 'measuring ranges (pass 1 of 2)', (region, values) => {
    const range = mergeRanges(ranges.get(region.id) ?? emptyRange, rangeOf(values));
    ranges.set(region.id, range);
    return range;
  });
  const histograms = new Map([...ranges].map(([id, range]) => [id, emptyHistogram(absoluteMax(range))] as const));
  const countInto = counted === 'magnitudes' ? countAbsolute : countPositive;
  const unreadable = new Set(first.skipped.map(({ path }) => path));
  const readable = { ...pass, paths: pass.paths.filter((path) => !unreadable.has(path)) };
  const second = await forwardAll(readable, 'counting values (pass 2 of 2)', (region, values) => {
    const histogram = histograms.get(region.id);
    if (histogram !== undefined && histogram.max > 0) countInto(values, histogram.max, histogram.counts);
    return emptyRange;
  });
  const regions = [...ranges].map(
    ([id, range]) => [id, { range, histogram: histograms.get(id) ?? emptyHistogram(0) }] as const,
  );
  return { ...first, times: sumOfTimes(first.times, second.times), regions: new Map(regions) };
}

function sumOfTimes(first: StageTimes, second: StageTimes): StageTimes {
  return {
    waitForDecoding: first.waitForDecoding + second.waitForDecoding,
    inference: first.inference + second.inference,
    histogram: first.histogram + second.histogram,
  };
}

/**
 * Forwards every input and shows the values of each region to `look`, which returns what it knows of their range. Three
 * things happen at a time: the next file is decoded, one input is forwarded, and the blobs of the one before are looked at;
 * so memory holds two inputs' blobs however many there are.
 */
async function forwardAll(
  pass: Pass,
  stage: string,
  look: (region: Region, values: Float32Array) => BlobRange,
): Promise<PassRecord> {
  const { paths, preprocessing, input, session, regions, signal } = pass;
  const skipped: SkippedFile[] = [];
  const meter = new ProgressMeter(stage, paths.length, 'inputs', pass.onProgress);
  const times = { waitForDecoding: 0, inference: 0, histogram: 0 };
  let used = 0;
  let sampleCount = 0;
  let last: Forwarded | undefined;

  const count = (forwarded: Forwarded | undefined): void => {
    if (forwarded === undefined) return;
    const startedAt = performance.now();
    for (const region of regions) {
      signal?.throwIfAborted();
      const range = look(region, regionValues(region, blobOf(forwarded, region.blob, input.blob)));
      if (range.notFinite > 0) throw notFiniteError(region.blob, forwarded.path, region.blob === input.blob);
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
  return { used, sampleCount, skipped, times };
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
