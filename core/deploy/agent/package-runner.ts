import type { PackageRunner } from '../../evaluation/int8-outputs.ts';
import { hostArchitecture, type BoardArchitecture } from '../architecture.ts';
import { runLocalAgent } from './local-agent.ts';

/**
 * Runs packages by this computer's own agent; undefined where there is none for it, or it has not been built: int8 is then
 * run in TypeScript, with the same result but slowly.
 * @param agentFor path of the agent for an architecture; rejects where there is none
 */
export async function localPackageRunner(
  agentFor: (architecture: BoardArchitecture) => Promise<string>,
  threads: number,
  signal: AbortSignal,
): Promise<PackageRunner | undefined> {
  const architecture = hostArchitecture();
  const agent = architecture === null ? undefined : await agentFor(architecture).catch(() => undefined);
  if (agent === undefined) return undefined;
  return (packageFile, listFile, onInput) =>
    runLocalAgent({
      agent,
      runner: [],
      words: ['run', packageFile, '--threads', String(threads), '--input-list', listFile],
      signal,
      onEvent: (event) => {
        if (event.event === 'output') onInput?.(event.input + 1);
      },
    });
}
