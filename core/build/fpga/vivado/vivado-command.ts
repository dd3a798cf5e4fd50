import { join, resolve } from 'node:path';
import { acceleratorTarget } from '../build-fpga-package.ts';
import type { AcceleratorTarget } from '../parts.ts';
import { rtlFingerprint } from '../rtl-fingerprint.ts';
import { findVivado, vivadoArguments } from './run-vivado.ts';

/** What to run, and where, for a bitstream. */
export interface BitstreamCommand {
  /** Of this computer; null where it has none. */
  readonly vivado: string | null;
  /** Where to run the command: native/fpga, to be copied to a computer that has Vivado where this one has none. */
  readonly folder: string;
  /** One line for a shell. */
  readonly command: string;
  /** What it makes, beside its reports. */
  readonly file: string;
}

/**
 * What to run for the bitstream of a board at its usual clock: with full paths where this computer has Vivado, else with paths
 * that hold wherever the folder is taken to.
 * @param fpgaFolder native/fpga, with rtl and vivado in it
 * @param outputFolder on this computer
 * @param path where Vivado is looked for; the PATH of the environment if absent
 * @throws CortadoError `fpga.board`, `file.read`
 */
export async function bitstreamCommand(
  board: string,
  fpgaFolder: string,
  outputFolder: string,
  path?: string,
): Promise<BitstreamCommand> {
  const target = acceleratorTarget(board);
  const fingerprint = await rtlFingerprint(join(fpgaFolder, 'rtl'), target.part.name);
  const vivado = await findVivado(path);
  const folder = resolve(fpgaFolder);
  const output = vivado === null ? `bitstream-${board}` : resolve(outputFolder);
  const script = vivado === null ? 'vivado/build.tcl' : join(folder, 'vivado', 'build.tcl');
  return {
    vivado,
    folder,
    command: vivadoCommand(vivado ?? 'vivado', script, scriptArguments(target, fingerprint, output)),
    file: join(output, `cortado-${board}.bit`),
  };
}

/** What build.tcl is told. */
export function scriptArguments(
  { board, clockHz }: AcceleratorTarget,
  fingerprint: number,
  outputFolder: string,
): readonly string[] {
  return [
    board,
    ...['-output', outputFolder],
    ...['-clock', String(clockHz / 1e6)],
    ...['-fingerprint', fingerprint.toString(16).padStart(8, '0')],
  ];
}

/** One line for a shell. */
export function vivadoCommand(program: string, script: string, words: readonly string[]): string {
  return [program, ...vivadoArguments(script, words)].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
