import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CortadoError } from '../../../common/errors.ts';
import type { LongCall } from '../../../common/progress.ts';
import { acceleratorTarget } from '../build-fpga-package.ts';
import { rtlFingerprint } from '../rtl-fingerprint.ts';
import { checkBitstream, readBitstream, type BitstreamHeader } from './bitstream-file.ts';
import { parseTiming, parseUtilisation, type TimingReport, type UtilisationReport } from './reports.ts';
import { findVivado, runVivado } from './run-vivado.ts';
import { scriptArguments, vivadoCommand } from './vivado-command.ts';

export interface BitstreamBuild extends LongCall {
  /** Of ACCELERATOR_BOARDS. */
  readonly board: string;
  /** native/fpga, with rtl and vivado in it. */
  readonly fpgaFolder: string;
  /** Receives the .bit, the .bin, the reports and Vivado's project. */
  readonly outputFolder: string;
  /** The board's usual clock if absent. */
  readonly clockHz?: number | undefined;
  /** Where Vivado is looked for; the PATH of the environment if absent. */
  readonly path?: string | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
}

export interface BuiltBitstream {
  readonly file: string;
  readonly header: BitstreamHeader;
  readonly utilisation: UtilisationReport;
  readonly timing: TimingReport;
}

/**
 * Builds the accelerator's bitstream for a board with the Vivado on the PATH, checks it, and reads its reports.
 * @throws CortadoError `vivado.missing` (with the command for a computer that has it), `vivado.start`, `vivado.failed`,
 *   `vivado.report`, `bitstream.…`
 */
export async function buildBitstream(build: BitstreamBuild): Promise<BuiltBitstream> {
  const { board, fpgaFolder, signal, onProgress, onLine } = build;
  const target = acceleratorTarget(board, build.clockHz);
  const { part } = target;
  const fingerprint = await rtlFingerprint(join(fpgaFolder, 'rtl'), part.name);
  const output = resolve(build.outputFolder);
  const script = join(fpgaFolder, 'vivado', 'build.tcl');
  const words = scriptArguments(target, fingerprint, output);
  const program = await findVivado(build.path);
  if (program === null) throw missing(board, vivadoCommand('vivado', script, words));
  await mkdir(output, { recursive: true });
  await runVivado({ program, script, scriptArguments: words, folder: output, signal, onProgress, onLine });
  const file = join(output, `cortado-${board}.bit`);
  const header = await readBitstream(file);
  checkBitstream(header, part.name, fingerprint, file);
  const report = async (name: string): Promise<string> => readFile(join(output, name), 'utf8');
  return {
    file,
    header,
    utilisation: parseUtilisation(await report('utilisation.rpt'), join(output, 'utilisation.rpt')),
    timing: parseTiming(await report('timing.rpt'), join(output, 'timing.rpt')),
  };
}

/**
 * Accepts a bitstream that somebody else built, if it is the accelerator for this board from the sources that packages are built for.
 * @throws CortadoError `file.read`, `bitstream.…`
 */
export async function acceptBitstream(file: string, board: string, fpgaFolder: string): Promise<BitstreamHeader> {
  const { part } = acceleratorTarget(board);
  const header = await readBitstream(file);
  checkBitstream(header, part.name, await rtlFingerprint(join(fpgaFolder, 'rtl'), part.name), file);
  return header;
}

function missing(board: string, command: string): CortadoError {
  return new CortadoError(
    'vivado.missing',
    'There is no Vivado on the PATH of this computer.',
    `Put it there (source settings64.sh), or take the repository to a computer that has it, run\n  ${command}\nand give the file back: cortado build bitstream --board ${board} --check cortado-${board}.bit`,
  );
}
