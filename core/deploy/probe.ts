import { CortadoError } from '../common/errors.ts';
import { architectureOf } from './architecture.ts';
import type { BoardArchitecture } from './architecture.ts';
import { runScript } from './ssh/command.ts';
import type { BoardConnection } from './ssh/connection.ts';
import { ANNOUNCEMENT_FILE, parseAnnouncement } from './virtual/announcement.ts';

/** What is known of a board before an agent runs there. */
export interface BoardNature {
  readonly architecture: BoardArchitecture;
  /** Words before a program's path; empty on a real board. */
  readonly runner: readonly string[];
  readonly virtual: boolean;
  /** Another processor is imitated: times mean nothing. */
  readonly emulated: boolean;
  /** The board whose accelerator a virtual board simulates; null where none is simulated. */
  readonly accelerator: string | null;
}

/** Asks the board what it is. A virtual board says so itself. Throws `board.no-shell`, `board.unsupported`. */
export async function learnNature(connection: BoardConnection, signal?: AbortSignal): Promise<BoardNature> {
  const announcement = `"\${HOME:-/}/${ANNOUNCEMENT_FILE}"`;
  const script = `echo "@machine $(uname -m)"; [ ! -f ${announcement} ] || echo "@virtual $(cat ${announcement})"`;
  const { stdout, stderr } = await runScript(connection, script, { signal });
  const machine = /^@machine (\S+)$/m.exec(stdout)?.at(1);
  if (machine === undefined) {
    const said = `${stdout}\n${stderr}`.trim().split('\n')[0];
    throw new CortadoError(
      'board.no-shell',
      `The board lets the user log in but runs no commands${said === '' ? '' : `; it said: ${said}`}.`,
      'Use a user whose login shell is a real shell (/bin/sh).',
    );
  }
  const virtual = parseAnnouncement(/^@virtual (.*)$/m.exec(stdout)?.at(1) ?? '');
  if (virtual !== undefined) {
    const { architecture, runner, emulated, accelerator = null } = virtual;
    return { architecture, runner, virtual: true, emulated, accelerator };
  }
  const architecture = architectureOf(machine);
  if (architecture !== undefined)
    return { architecture, runner: [], virtual: false, emulated: false, accelerator: null };
  throw new CortadoError(
    'board.unsupported',
    `Cortado has no agent for the board's processor family (${machine}).`,
    'Boards with 64-bit ARM (aarch64) or 32-bit ARMv7 with NEON are supported.',
  );
}
