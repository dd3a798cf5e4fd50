import { inspectNetwork } from '../../../core/network/inspect.ts';
import type { Stage } from '../stage-context.ts';

/** Loads the network with its weights; the result is what the graph shows. */
export const load: Stage = async ({ session, signal, warn, onProgress }) => {
  onProgress({ stage: 'reading the network', done: 0, total: 0, unit: '' });
  const network = await session.network();
  signal.throwIfAborted();
  const inspection = inspectNetwork(network);
  for (const { message } of inspection.warnings) warn(message);
  return inspection;
};
