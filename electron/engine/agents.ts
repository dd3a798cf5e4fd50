import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { CortadoError } from '../../core/common/errors.ts';
import type { BoardArchitecture } from '../../core/deploy/architecture.ts';

/** Path of the agent for an architecture. Throws `agent.missing`. */
export async function agentFile(resources: string, architecture: BoardArchitecture): Promise<string> {
  const path = join(resources, 'agents', architecture, 'cortado-agent');
  try {
    await access(path, constants.R_OK);
    return path;
  } catch (cause) {
    throw new CortadoError(
      'agent.missing',
      `The agent for ${architecture} is not here.`,
      'Install Cortado again; in the repository run "npm run setup", which builds the agents.',
      { location: { file: path }, cause },
    );
  }
}
