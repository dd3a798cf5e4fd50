import { createSubscriber } from 'svelte/reactivity';

const INTERVAL_MS = 500;
const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, INTERVAL_MS);
  return () => {
    clearInterval(timer);
  };
});

/** Milliseconds of a clock that never goes back. What shows it is drawn anew twice a second, as long as it is shown. */
export function clock(): number {
  subscribe();
  return performance.now();
}
