import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CortadoError } from '../common/errors.ts';
import type { BoardArchitecture } from '../deploy/architecture.ts';

const AGENTS_FOLDER = fileURLToPath(new URL('../../resources/agents', import.meta.url));

/** Path of the agent for an architecture. Throws `agent.missing` where it has not been built. */
export async function agentPath(architecture: BoardArchitecture): Promise<string> {
  const path = join(AGENTS_FOLDER, architecture, 'cortado-agent');
  if (await isExecutable(path)) return path;
  throw new CortadoError(
    'agent.missing',
    `The agent for ${architecture} has not been built.`,
    'Run "npm run setup" in the repository: it installs the compilers and builds the agents.',
    { location: { file: path } },
  );
}

/** Full path of a command of this computer, or null. */
export async function findCommand(name: string): Promise<string | null> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await isExecutable(path))) return path;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
