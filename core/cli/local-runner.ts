import { runLocalAgent } from '../deploy/agent/local-agent.ts';
import type { PackageRunner } from '../evaluation/int8-outputs.ts';
import { agentPath, hostArchitecture } from './agents.ts';
import { note } from './terminal.ts';

/** This computer's agent; none where there is none for it, or it has not been built. */
export async function agentRunner(threads: number, signal: AbortSignal): Promise<PackageRunner | undefined> {
  const architecture = hostArchitecture();
  const agent = architecture === null ? undefined : await agentPath(architecture).catch(() => undefined);
  if (agent === undefined) {
    note('There is no agent for this computer: int8 runs in TypeScript, with the same result but slowly.');
    return undefined;
  }
  return (packageFile, listFile) =>
    runLocalAgent({
      agent,
      runner: [],
      words: ['run', packageFile, '--threads', String(threads), '--input-list', listFile],
      signal,
      onEvent: () => undefined,
    });
}
