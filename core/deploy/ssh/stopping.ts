import { errorText } from '../../common/errors.ts';

/** A rejection or abort reason as an Error, which is what promises reject with. */
export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(errorText(reason));
}

/**
 * Calls `onStop` once, with the reason, when one of the signals aborts (at once where one has). Returns what takes the listeners
 * away again.
 */
export function whenStopped(
  signals: readonly (AbortSignal | undefined)[],
  onStop: (reason: Error) => void,
): () => void {
  const ended = new AbortController();
  for (const signal of signals) {
    if (signal === undefined || ended.signal.aborted) continue;
    const stop = () => {
      if (ended.signal.aborted) return;
      ended.abort();
      onStop(asError(signal.reason));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: ended.signal });
  }
  return () => {
    ended.abort();
  };
}
