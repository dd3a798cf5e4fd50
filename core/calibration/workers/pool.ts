import type { WorkerLauncher } from '../../common/worker-process.ts';
import type { PassRequest, PassResult, PassRunner } from '../collect.ts';
import { togetherOf, type FineOutlines } from '../fine-histograms.ts';
import { sumOfTimes, type StageTimes } from '../forward-files.ts';
import { createLooker, HistogramLooker } from '../look.ts';
import type { WorkerSetup } from './messages.ts';
import { Slot } from './slot.ts';
import type { SlotPass } from './slot-pass.ts';

export interface PoolOptions {
  readonly launch: WorkerLauncher;
  /** How many processes work at a time. */
  readonly count: number;
  /** Files after which a process is replaced by a fresh one: image libraries may lose some memory with each. */
  readonly lifetime?: number | undefined;
  readonly setup: WorkerSetup;
  readonly signal?: AbortSignal | undefined;
}

const usualLifetime = 1000;

/** A pass that waits for the outlines of what the others found. */
interface Outlined {
  readonly pass: SlotPass;
  readonly outlines: FineOutlines;
}

/**
 * Worker processes that make passes over files. Each decodes, forwards and counts the files that it is given, and tells at
 * the end what it found; that is added up exactly, so it does not matter which file went where. One that dies is started once
 * more with the files that it had; the next time the pass fails with the file's name. They end with `close`, and at once
 * where `signal` fires.
 */
export class WorkerPool implements PassRunner {
  private readonly slots: readonly Slot[];

  constructor(private readonly options: PoolOptions) {
    this.slots = Array.from({ length: options.count }, () => new Slot(options.launch, options.setup));
  }

  /** What the processes needed at most, in bytes, had they all needed it at a time. */
  get peakBytes(): number {
    return this.slots.reduce((sum, { peakBytes }) => sum + peakBytes, 0);
  }

  /** What happened to them, one sentence each, for the user. */
  get notes(): readonly string[] {
    return this.slots.flatMap(({ notes }) => notes);
  }

  async run({ look, paths, onDone, onSign, onFound }: PassRequest): Promise<PassResult> {
    const { signal, setup, lifetime: most = usualLifetime } = this.options;
    const whole = createLooker(look, setup.regions);
    const queue = paths[Symbol.iterator]();
    const take = (): string | undefined => {
      const { done, value } = queue.next();
      return done === true ? undefined : value;
    };
    let times: StageTimes = { waitForDecoding: 0, inference: 0, histogram: 0 };
    const outlined: Outlined[] = [];
    const work = async (slot: Slot): Promise<void> => {
      for (let more = true; more;) {
        const pass = slot.pass({ look, take, most, onDone, onSign, onFound });
        const state = await pass.run();
        if (state.kind === 'outlined') {
          outlined.push({ pass, outlines: state.outlines });
        } else {
          for (const found of state.outcome.found) whole.merge(found);
          times = sumOfTimes(times, state.outcome.times);
        }
        more = pass.mayBeMore;
        if (more) slot.end();
      }
    };
    await unlessAborted(Promise.all(this.slots.map(work)), signal);
    if (!(whole instanceof HistogramLooker)) return { found: whole.take(), times };
    const together = togetherOf([whole.outlines(), ...outlined.map(({ outlines }) => outlines)]);
    const framed = Promise.all(outlined.map(({ pass }) => pass.frame(together)));
    const outcomes = await unlessAborted(framed, signal);
    const parts = outcomes.flatMap(({ found }) => found);
    return {
      found: { kind: 'histograms', regions: whole.regionsOf(together, parts) },
      times: outcomes.map((outcome) => outcome.times).reduce(sumOfTimes, times),
    };
  }

  /** Ends all processes at once. */
  close(): void {
    for (const slot of this.slots) slot.end();
  }
}

/** Rejects as soon as `signal` fires, whatever becomes of the work. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
