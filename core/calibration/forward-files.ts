import type { Shape, Tensor } from '../common/tensor.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import type { ForwardSession } from '../inference/session.ts';
import { notFiniteError } from './guards.ts';
import type { Looker } from './look.ts';
import { regionValues, type Region } from './region.ts';
import { readSamples, type SkippedFile } from './samples.ts';

/** What is done to every file, whichever process does it. */
export interface ForwardWork {
  readonly preprocessing: Preprocessing | undefined;
  readonly input: { readonly blob: string; readonly shape: Shape };
  /** Absent where no blob but the input is wanted. */
  readonly session: ForwardSession | undefined;
  /** What to look at; the session returns all of their blobs but the input. */
  readonly regions: readonly Region[];
}

/** A file that was worked on: how many inputs it held, or why it could not be read. */
export type FileDone = { readonly path: string; readonly samples: number } | SkippedFile;

/**
 * Milliseconds of work, of all processes together. Decoding goes on while the file before is forwarded and counted: its time
 * is what was waited for it beyond that.
 */
export interface StageTimes {
  readonly waitForDecoding: number;
  readonly inference: number;
  readonly histogram: number;
}

export function sumOfTimes(first: StageTimes, second: StageTimes): StageTimes {
  return {
    waitForDecoding: first.waitForDecoding + second.waitForDecoding,
    inference: first.inference + second.inference,
    histogram: first.histogram + second.histogram,
  };
}

/**
 * Decodes and forwards files one after the other and shows the values of every region to the looker; the next file is read
 * meanwhile. Memory holds two inputs and the blobs of one. Errors: `calibration.not-finite`, those of .npy files and of the
 * session.
 */
export async function forwardFiles(
  { preprocessing, input, session, regions }: ForwardWork,
  files: {
    readonly paths: Iterable<string> | AsyncIterable<string>;
    readonly looker: Looker;
    readonly signal?: AbortSignal | undefined;
    readonly onDone: (file: FileDone) => void;
  },
): Promise<StageTimes> {
  const { paths, looker, signal, onDone } = files;
  const times = { waitForDecoding: 0, inference: 0, histogram: 0 };
  const show = (path: string, blobOf: (blob: string) => Float32Array): void => {
    for (const region of regions) {
      signal?.throwIfAborted();
      const { notFinite } = looker.look(region, regionValues(region, blobOf(region.blob)));
      if (notFinite > 0) throw notFiniteError(region.blob, path, region.blob === input.blob);
    }
  };
  let since = performance.now();
  const lap = (stage: keyof StageTimes): void => {
    const now = performance.now();
    times[stage] += now - since;
    since = now;
  };
  for await (const { path, tensors } of readSamples({
    paths,
    shape: input.shape,
    preprocessing,
    signal,
    onSkip: onDone,
  })) {
    lap('waitForDecoding');
    for (const tensor of tensors) {
      const results = await session?.run(new Map([[input.blob, tensor]]));
      lap('inference');
      show(path, (blob) => valuesOf(blob, results, input.blob, tensor));
      lap('histogram');
    }
    onDone({ path, samples: tensors.length });
  }
  return times;
}

function valuesOf(
  blob: string,
  results: ReadonlyMap<string, Tensor> | undefined,
  inputBlob: string,
  input: Tensor,
): Float32Array {
  const values = results?.get(blob) ?? (blob === inputBlob ? input : undefined);
  if (values === undefined) throw new Error(`the session did not return ${blob}`);
  return values.data;
}
