import { Tensor as OrtTensor } from 'onnxruntime-node';
import { errorText } from '../../common/errors.ts';
import { openSession } from '../open-session.ts';
import { knownAnswer } from './known-answer.ts';
import type { ProviderId } from './providers.ts';

/** What a provider made of the network whose answer is known. */
export type ProbeAnswer =
  | { readonly kind: 'refused'; readonly reason: string }
  /** `error` as `KnownAnswer` has it; NaN for no numbers. `milliseconds`: the quickest of the runs after the first. */
  | { readonly kind: 'answered'; readonly error: number; readonly milliseconds: number };

/** What starts a probe in a worker process. */
export interface ProbeRequest {
  readonly kind: 'probe';
  readonly provider: ProviderId;
}

const timedRuns = 3;

/** Runs the network on a provider. It may crash or hang: for a throw-away process only. */
export async function probe(provider: ProviderId): Promise<ProbeAnswer> {
  const { model, input, output, error } = knownAnswer();
  try {
    const session = await openSession(model, { provider, threads: 1, alone: true });
    const feeds = { [input.name]: new OrtTensor('float32', input.data, input.shape) };
    let worst = 0;
    let milliseconds = Infinity;
    for (let run = 0; run <= timedRuns; run++) {
      const startedAt = performance.now();
      const values = (await session.run(feeds))[output].data;
      if (run > 0) milliseconds = Math.min(milliseconds, performance.now() - startedAt);
      const difference = values instanceof Float32Array ? error(values) : NaN;
      // Unlike Math.max this keeps what is no number, too.
      if (!(difference <= worst)) worst = difference;
    }
    return { kind: 'answered', error: worst, milliseconds };
  } catch (cause) {
    return { kind: 'refused', reason: errorText(cause) };
  }
}
