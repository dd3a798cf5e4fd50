import { localPackageRunner } from '../deploy/agent/package-runner.ts';
import type { PackageRunner } from '../evaluation/int8-outputs.ts';
import { agentPath } from './agents.ts';
import { note } from './terminal.ts';

/** This computer's agent; none where there is none for it, or it has not been built. */
export async function agentRunner(threads: number, signal: AbortSignal): Promise<PackageRunner | undefined> {
  const runner = await localPackageRunner(agentPath, threads, signal);
  if (runner === undefined) {
    note('There is no agent for this computer: int8 runs in TypeScript, with the same result but slowly.');
  }
  return runner;
}
