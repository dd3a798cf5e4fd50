import type { Live } from '../shared/schemas/results.ts';
import { Throttle } from './throttle.ts';

const INTERVAL_MS = 100;

/** Passes latencies on in bunches: a fast board sends thousands a second. */
export class LiveSamples {
  private fresh: number[] = [];
  private total = 0;
  private readonly throttle: Throttle;

  constructor(private readonly onLive: (live: Live) => void) {
    this.throttle = new Throttle(INTERVAL_MS, () => {
      this.tell();
    });
  }

  add(latencyNs: number, total: number): void {
    this.fresh.push(latencyNs);
    this.total = total;
    this.throttle.request();
  }

  flush(): void {
    this.throttle.cancel();
    this.tell();
  }

  private tell(): void {
    if (this.fresh.length === 0) return;
    this.onLive({ kind: 'samples', total: this.total, latenciesNs: this.fresh });
    this.fresh = [];
  }
}
