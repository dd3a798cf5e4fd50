// Loads a network in a process of its own and prints what that took: load-measured.ts PROTOTXT [CAFFEMODEL].
import { CortadoError } from '../../core/common/errors.ts';
import { loadNetwork } from '../../core/network/load.ts';
import type { Measured } from './measured.ts';

const [proto = '', model] = process.argv.slice(2);
const rssBefore = process.memoryUsage.rss();
const start = performance.now();

async function outcome(): Promise<string> {
  try {
    const { parameters } = await loadNetwork({ proto, model });
    return `${parameters} parameters`;
  } catch (error) {
    if (error instanceof CortadoError) return error.code;
    throw error;
  }
}

const result: Measured = {
  outcome: await outcome(),
  milliseconds: Math.round(performance.now() - start),
  // What the system says in KiB of the largest resident set so far.
  peakBytes: process.resourceUsage().maxRSS * 1024 - rssBefore,
};
console.log(JSON.stringify(result));
