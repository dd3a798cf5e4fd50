import { forkLauncher } from '../../common/fork-worker.ts';
import { lastingMemory } from '../../common/glibc-memory.ts';
import { exactArithmetic } from '../../inference/devices/providers.ts';

/** Launches workers for calibration and for trying devices, under Node. The app has a launcher of its own. */
export const nodeWorkers = forkLauncher(new URL('./worker-main.ts', import.meta.url), {
  ...exactArithmetic,
  ...lastingMemory(process.env),
});
