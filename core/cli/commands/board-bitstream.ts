import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBitstream } from '../../build/fpga/vivado/build-bitstream.ts';
import { checkedBitstream, type CheckedBitstream } from '../../build/fpga/vivado/check-bitstream.ts';
import { findVivado } from '../../build/fpga/vivado/run-vivado.ts';
import { bitstreamCommand } from '../../build/fpga/vivado/vivado-command.ts';
import { note, progressOnStderr } from '../terminal.ts';

/** The accelerator's sources and Vivado's scripts. */
export const FPGA_FOLDER = fileURLToPath(new URL('../../../native/fpga', import.meta.url));

/** Where Vivado puts a board's bitstream if no other folder is named. */
export function usualOutput(board: string): string {
  return join('build', 'vivado', board);
}

export interface BoardBitstream extends CheckedBitstream {
  readonly file: string;
}

/** Checks a bitstream that somebody built, with the reports beside it. Errors as `checkedBitstream`. */
export async function takeBitstream(file: string, board: string): Promise<BoardBitstream> {
  const checked = await checkedBitstream(file, board, FPGA_FOLDER);
  for (const text of checked.notes) note(text);
  return { file, ...checked };
}

/**
 * A board's bitstream from the sources that packages are built for: the one that was built before if it still fits, else what Vivado
 * makes now; null where there is no Vivado, after saying what to run where. Errors as `buildBitstream`.
 */
export async function findOrBuildBitstream(
  board: string,
  clockHz: number | undefined,
  signal: AbortSignal,
): Promise<BoardBitstream | null> {
  const outputFolder = usualOutput(board);
  const { file, command, folder } = await bitstreamCommand(board, FPGA_FOLDER, outputFolder, '');
  const before = join(outputFolder, `cortado-${board}.bit`);
  if (await exists(before)) {
    const found = await takeBitstream(before, board).catch(() => null);
    if (found !== null) return found;
    note(`${before} is not of these sources; it has to be built again.`);
  }
  if ((await findVivado()) === null) {
    note(
      `There is no Vivado on the PATH, so no bitstream was made. On a computer that has it, in a copy of ${folder}:\n  ${command}\nThen give it what that makes, ${file}, by --bitstream.`,
    );
    return null;
  }
  note(
    'Vivado builds the bitstream now, which takes long; the package is there already. --no-bitstream leaves it out.',
  );
  const built = await buildBitstream({
    board,
    fpgaFolder: FPGA_FOLDER,
    outputFolder,
    clockHz,
    signal,
    onProgress: progressOnStderr(),
  });
  return { ...built, notes: [] };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
