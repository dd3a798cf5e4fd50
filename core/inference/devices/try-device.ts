import type { WorkerLauncher } from '../../common/worker-process.ts';
import type { ProbeAnswer, ProbeRequest } from './probe.ts';
import type { Provider, ProviderId } from './providers.ts';

/** How a provider did. */
export interface DeviceTrial {
  readonly provider: ProviderId;
  readonly name: string;
  readonly works: boolean;
  /** Why it is put aside, or how it did: one sentence. */
  readonly reason: string;
  /** For one run of the network whose answer is known; absent where it gave no right answer. */
  readonly milliseconds?: number;
}

export interface TrialOptions {
  readonly launch: WorkerLauncher;
  /** From here on it counts as hung. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sums of 288 products in float32, in any order, stay well below; half precision and tensor cores' roundings do not. */
const mostError = 1e-5;

/** Tries a provider in a process of its own, which is gone when the promise settles. Rejects only where `signal` fires. */
export async function tryDevice({ id, name }: Provider, options: TrialOptions): Promise<DeviceTrial> {
  const { signal } = options;
  signal?.throwIfAborted();
  const verdict = await new Promise<Verdict>((resolve, reject) => {
    const settle = (outcome: Verdict): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      worker.kill();
      resolve(outcome);
    };
    const abort = (): void => {
      clearTimeout(timer);
      worker.kill();
      reject(signal?.reason as Error);
    };
    const worker = options.launch({
      message: (message) => {
        settle(judge(message as ProbeAnswer));
      },
      exit: (how) => {
        settle({ works: false, reason: `It crashed: the process ${how}.` });
      },
    });
    const timer = setTimeout(() => {
      settle({ works: false, reason: `It hung: no answer after ${options.timeoutMs / 1000} s.` });
    }, options.timeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    const request: ProbeRequest = { kind: 'probe', provider: id };
    worker.send(request);
  });
  return { provider: id, name, ...verdict };
}

type Verdict = Pick<DeviceTrial, 'works' | 'reason' | 'milliseconds'>;

function judge(answer: ProbeAnswer): Verdict {
  if (answer.kind === 'refused') return { works: false, reason: `It is not here: ${inWords(answer.reason)}.` };
  const { error, milliseconds } = answer;
  if (Number.isNaN(error)) return { works: false, reason: 'It gave a wrong answer: values that are no numbers.' };
  if (error > mostError) {
    return { works: false, reason: `It gave a wrong answer, off by ${error.toExponential(1)} of the largest value.` };
  }
  return {
    works: true,
    reason: `It gave the right answer, to ${error.toExponential(1)}, in ${timeText(milliseconds)}.`,
    milliseconds,
  };
}

/** Milliseconds to three digits: `1.33 ms`, `1060 ms`. */
export function timeText(milliseconds: number | undefined): string {
  return milliseconds === undefined ? 'unknown time' : `${Number(milliseconds.toPrecision(3))} ms`;
}

/** What ONNX Runtime says where something is missing, without its own source files. */
function inWords(reason: string): string {
  if (/load shared library/i.test(reason)) return 'its libraries are not installed beside ONNX Runtime';
  if (/adapter/i.test(reason)) return 'no GPU with a driver for it (Vulkan, Direct3D 12 or Metal) was found';
  return reason
    .replace(/^.*\bwas false\. /s, '')
    .trim()
    .replace(/\.$/, '');
}
