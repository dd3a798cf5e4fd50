import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { AppInfo } from '../shared/schemas/app.ts';

/** The board architecture of a Linux computer, by Node's names of processors. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['x64', 'x86_64'],
  ['arm64', 'aarch64'],
  ['arm', 'armv7'],
]);

/**
 * Whether the virtual board can run here: it needs an agent for this very system; where there is none, a code for the catalogue
 * says why.
 *
 * @param agents folder of the agents
 */
export function virtualBoardState(
  agents: string,
  platform: NodeJS.Platform = process.platform,
  processor: string = process.arch,
): AppInfo['virtualBoard'] {
  if (platform === 'win32' || platform === 'darwin') return { available: false, reason: `no-agent.${platform}` };
  const architecture = platform === 'linux' ? ARCHITECTURES.get(processor) : undefined;
  if (architecture === undefined) return { available: false, reason: 'no-agent.other' };
  try {
    accessSync(join(agents, architecture, 'cortado-agent'), constants.X_OK);
    return { available: true, reason: null };
  } catch {
    return { available: false, reason: 'agent-not-built' };
  }
}
