import { ProgressMeter, type LongCall } from '../common/progress.ts';
import { createFineHistogram, FineHistogram } from './fine-histogram.ts';
import { forwardFiles, sumOfTimes, type FileDone, type ForwardWork, type StageTimes } from './forward-files.ts';
import { emptyHistogram, type CountedValues, type RegionCounts } from './histogram.ts';
import { createLooker, type Found, type Look } from './look.ts';
import { absoluteMax } from './range.ts';
import type { Region } from './region.ts';
import type { SkippedFile } from './samples.ts';

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

/** Makes a pass over files in this process or in others. */
export interface PassRunner {
  run(pass: PassRequest): Promise<PassResult>;
}

export interface PassRequest {
  readonly look: Look;
  readonly paths: readonly string[];
  /** Told of every file, in no order. */
  readonly onDone: (file: FileDone) => void;
  /** Told of what is done before a file is, for a person: processes start, some files are looked at together. */
  readonly onSign?: ((detail: string) => void) | undefined;
  /** Told of each part of what was found that has come from another process. */
  readonly onFound?: (() => void) | undefined;
}

export interface PassResult {
  readonly found: Found;
  readonly times: StageTimes;
}

/** Passes in this process. */
export function inThisProcess(work: ForwardWork, signal: AbortSignal | undefined): PassRunner {
  return {
    run: async ({ look, paths, onDone }) => {
      const looker = createLooker(look, work.regions);
      const times = await forwardFiles(work, { paths, looker, signal, onDone });
      return { found: looker.take(), times };
    },
  };
}

/** What is counted, and by whom. */
export interface Collection extends Pick<LongCall, 'onProgress'> {
  readonly runner: PassRunner;
  readonly paths: readonly string[];
  readonly regions: readonly Region[];
}

/**
 * Counts the values of every region as a method looks at them. Error: `calibration.not-finite`.
 *
 * @param passes 2: ranges first, then bins over the known range, as the tools do whose tables are written, to the same
 *   counts; 1: each input is read and forwarded once, to the same counts or nearly so (`FineHistogram` has the rule)
 */
export async function collectValues(
  collection: Collection,
  counted: CountedValues,
  passes: 1 | 2,
): Promise<CollectedValues> {
  if (passes === 2) return inTwoPasses(collection, counted);
  const { found, record } = await onePass(collection, { kind: 'histograms', counted }, 'calibrating');
  if (found.kind !== 'histograms') throw new Error('the pass found something else');
  return { ...record, regions: found.regions };
}

/** Counts the values of every region in one pass, into what merges exactly. Error: `calibration.not-finite`. */
export async function countFine(
  collection: Collection,
): Promise<PassRecord & { readonly fine: ReadonlyMap<string, FineHistogram> }> {
  const { found, record } = await onePass(collection, { kind: 'fine' }, 'calibrating');
  if (found.kind !== 'fine') throw new Error('the pass found something else');
  const fine = collection.regions.map(({ id, parts }) => {
    const state = found.histograms.get(id);
    const histogram = state === undefined ? createFineHistogram(parts) : FineHistogram.fromState(state);
    return [id, histogram] as const;
  });
  return { ...record, fine: new Map(fine) };
}

async function inTwoPasses(collection: Collection, counted: CountedValues): Promise<CollectedValues> {
  const first = await onePass(collection, { kind: 'ranges' }, 'measuring ranges (pass 1 of 2)');
  if (first.found.kind !== 'ranges') throw new Error('the pass found something else');
  const { ranges } = first.found;
  const unreadable = new Set(first.record.skipped.map(({ path }) => path));
  const readable = { ...collection, paths: collection.paths.filter((path) => !unreadable.has(path)) };
  const maxima = new Map([...ranges].map(([id, range]) => [id, absoluteMax(range)]));
  const look: Look = { kind: 'counts', counted, maxima };
  const { found, record } = await onePass(readable, look, 'counting values (pass 2 of 2)');
  if (found.kind !== 'counts') throw new Error('the pass found something else');
  const regions = [...ranges].map(([id, range]) => {
    const max = absoluteMax(range);
    const counts = found.counts.get(id);
    return [id, { range, histogram: counts === undefined ? emptyHistogram(max) : { max, counts } }] as const;
  });
  return { ...first.record, times: sumOfTimes(first.record.times, record.times), regions: new Map(regions) };
}

async function onePass(
  { runner, paths, onProgress }: Collection,
  look: Look,
  stage: string,
): Promise<{ readonly found: Found; readonly record: PassRecord }> {
  const meter = new ProgressMeter(stage, paths.length, 'inputs', onProgress);
  const skipped: SkippedFile[] = [];
  let used = 0;
  let sampleCount = 0;
  meter.report(0);
  const onDone = (file: FileDone): void => {
    if ('reason' in file) {
      skipped.push(file);
    } else {
      used++;
      sampleCount += file.samples;
    }
    meter.report(used + skipped.length, file.path);
  };
  const adding = new ProgressMeter('adding up what was counted', 0, '', onProgress);
  let parts = 0;
  const onFound = (): void => {
    parts++;
    // One process has ended where another still works.
    if (used + skipped.length === paths.length) adding.report(parts, String(parts));
  };
  const onSign = (detail: string): void => {
    meter.report(used + skipped.length, detail);
  };
  const { found, times } = await runner.run({ look, paths, onDone, onSign, onFound });
  const place = new Map(paths.map((path, index) => [path, index]));
  skipped.sort((a, b) => (place.get(a.path) ?? 0) - (place.get(b.path) ?? 0));
  return { found, record: { used, sampleCount, skipped, times } };
}
