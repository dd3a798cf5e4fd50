import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { CortadoError } from '../../common/errors.ts';
import { architectureOf } from '../architecture.ts';
import type { BoardArchitecture } from '../architecture.ts';
import type { VirtualBoardOptions } from './virtual-board.ts';

const EMULATORS: Partial<Record<BoardArchitecture, readonly string[]>> = {
  aarch64: ['qemu-aarch64', 'qemu-aarch64-static'],
  armv7: ['qemu-arm', 'qemu-arm-static'],
};

/**
 * What the virtual board is on this computer: a 64-bit ARM where an emulator for it is installed and the agent is built, else the
 * computer's own kind.
 * @param agentFor path of the agent for an architecture; rejects where there is none
 */
export async function chooseVirtualBoard(
  agentFor: (architecture: BoardArchitecture) => Promise<string>,
): Promise<VirtualBoardOptions> {
  const own = ownArchitecture();
  if (own !== 'aarch64') {
    const emulator = await findEmulator('aarch64');
    const built = await agentFor('aarch64').then(
      () => true,
      () => false,
    );
    if (emulator !== undefined && built) return { architecture: 'aarch64', emulator: [emulator] };
  }
  if (own !== undefined) return { architecture: own };
  throw noVirtualBoard();
}

/** The virtual board with a simulated accelerator: the computer's own kind, since the simulation runs here, too. */
export function ownVirtualBoard(): VirtualBoardOptions {
  const architecture = ownArchitecture();
  if (architecture === undefined) throw noVirtualBoard();
  return { architecture };
}

function ownArchitecture(): BoardArchitecture | undefined {
  return architectureOf({ x64: 'x86_64', arm64: 'aarch64', arm: 'armv7l' }[process.arch as string] ?? process.arch);
}

function noVirtualBoard(): CortadoError {
  return new CortadoError(
    'board.virtual-unsupported',
    `There is no virtual board for this computer's processor (${process.arch}).`,
    'Install qemu-user, which imitates an ARM processor, or use a real board.',
  );
}

async function findEmulator(architecture: BoardArchitecture): Promise<string | undefined> {
  for (const name of EMULATORS[architecture] ?? []) {
    for (const folder of (process.env.PATH ?? '').split(delimiter).filter((part) => part !== '')) {
      const path = join(folder, name);
      const runs = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (runs) return path;
    }
  }
  return undefined;
}
