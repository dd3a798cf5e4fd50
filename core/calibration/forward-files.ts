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
 * How many inputs are forwarded before their blobs are looked at, blob by blob: the bins of one blob fill the processor's cache,
 * so it pays to look at its values for several inputs.
 */
export const HELD = 4;

/**
 * Decodes and forwards files one after the other and shows the values of every region to the looker; the next file is read
 * meanwhile. Memory holds the blobs of a few inputs. Errors: `calibration.not-finite`, those of .npy files and of the
 * session.
 */
export async function forwardFiles(
  { preprocessing, input, session, regions }: ForwardWork,
  files: {
    readonly paths: Iterable<string> | AsyncIterable<string>;
    readonly looker: Looker;
    readonly signal?: AbortSignal | undefined;
    readonly onDone: (file: FileDone) => void;
    /** Told of each file whose inputs are forwarded; what is in them is counted later. */
    readonly onForwarded?: ((path: string) => void) | undefined;
  },
): Promise<StageTimes> {
  const { paths, looker, signal, onDone, onForwarded } = files;
  const times = { waitForDecoding: 0, inference: 0, histogram: 0 };
  let since = performance.now();
  const lap = (stage: keyof StageTimes): void => {
    const now = performance.now();
    times[stage] += now - since;
    since = now;
  };
  const most = Math.min(session?.holds ?? HELD, HELD);
  let held: Forwarded[] = [];
  const showHeld = (): void => {
    for (const region of regions) {
      signal?.throwIfAborted();
      for (const forwarded of held) {
        const values = valuesOf(forwarded, region.blob, input.blob);
        const { notFinite } = looker.look(region, regionValues(region, values));
        if (notFinite > 0) throw notFiniteError(region.blob, forwarded.path, region.blob === input.blob);
      }
    }
    for (const { path, samples } of held) if (samples > 0) onDone({ path, samples });
    held = [];
    lap('histogram');
  };
  const source = { paths, shape: input.shape, preprocessing, signal, onSkip: onDone };
  for await (const { path, tensors } of readSamples(source)) {
    lap('waitForDecoding');
    for (const [index, tensor] of tensors.entries()) {
      const results = await session?.run(new Map([[input.blob, tensor]]));
      lap('inference');
      // A file is done with its last input.
      held.push({ path, input: tensor, results, samples: index + 1 === tensors.length ? tensors.length : 0 });
      if (held.length === most) showHeld();
    }
    onForwarded?.(path);
  }
  showHeld();
  return times;
}

/** The blobs of one input after the forward pass. */
interface Forwarded {
  readonly path: string;
  readonly input: Tensor;
  readonly results: ReadonlyMap<string, Tensor> | undefined;
  /** Inputs of the file, if this is the last of them. */
  readonly samples: number;
}

function valuesOf({ input, results }: Forwarded, blob: string, inputBlob: string): Float32Array {
  const values = results?.get(blob) ?? (blob === inputBlob ? input : undefined);
  if (values === undefined) throw new Error(`the session did not return ${blob}`);
  return values.data;
}
