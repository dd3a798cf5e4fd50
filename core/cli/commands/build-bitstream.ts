import { Option, type Command } from 'commander';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACCELERATOR_BOARDS } from '../../build/fpga/parts.ts';
import type { BitstreamHeader } from '../../build/fpga/vivado/bitstream-file.ts';
import { acceptBitstream, buildBitstream, type BuiltBitstream } from '../../build/fpga/vivado/build-bitstream.ts';
import type { ResourceUse } from '../../build/fpga/vivado/reports.ts';
import { parseNumber } from '../options.ts';
import { textTable } from '../text-table.ts';
import { note, print, progressOnStderr } from '../terminal.ts';

const FPGA_FOLDER = fileURLToPath(new URL('../../../native/fpga', import.meta.url));

interface BitstreamFlags {
  readonly board: string;
  readonly output?: string;
  readonly check?: string;
  readonly clock?: number;
  readonly json?: true;
}

export function addBuildBitstreamCommand(group: Command, signal: AbortSignal): void {
  group
    .command('bitstream')
    .description("builds the accelerator's bitstream with Vivado, or checks one that was built elsewhere")
    .addOption(
      new Option('--board <name>', 'the board')
        .choices(ACCELERATOR_BOARDS.map(({ board }) => board))
        .makeOptionMandatory(),
    )
    .option('--output <folder>', 'for the bitstream and its reports (default: build/vivado/BOARD)')
    .option('--clock <MHz>', "the accelerator's clock; the board's usual one if absent", parseNumber)
    .option('--check <file.bit>', 'check this file in place of building one')
    .option('--json', 'print what was found as JSON')
    .action(async (flags: BitstreamFlags) => {
      if (flags.check !== undefined) await check(flags.check, flags);
      else await build(flags, signal);
    });
}

async function check(file: string, { board, json }: BitstreamFlags): Promise<void> {
  const header = await acceptBitstream(file, board, FPGA_FOLDER);
  print(json === true ? JSON.stringify({ file, ...header }, null, 2) : headerText(header));
  note(`${file} is the accelerator for ${board}, from the sources that packages are built for.`);
}

async function build(flags: BitstreamFlags, signal: AbortSignal): Promise<void> {
  const { board, clock, json } = flags;
  const built = await buildBitstream({
    board,
    fpgaFolder: FPGA_FOLDER,
    outputFolder: flags.output ?? join('build', 'vivado', board),
    clockHz: clock === undefined ? undefined : clock * 1e6,
    signal,
    onProgress: progressOnStderr(),
  });
  print(json === true ? JSON.stringify(built, null, 2) : builtText(built));
  note(`Wrote ${built.file}.`);
}

function headerText({ design, part, date, time, bytes }: BitstreamHeader): string {
  return `${design} for ${part}, built ${date} ${time}, ${(bytes / 1024).toFixed(0)} KiB`;
}

function builtText({ header, utilisation, timing }: BuiltBitstream): string {
  const { luts, flipFlops, blockRams, dspSlices } = utilisation;
  const row = (name: string, { used, available }: ResourceUse): string[] => [
    name,
    String(used),
    String(available),
    `${((100 * used) / available).toFixed(1)} %`,
  ];
  const table = textTable(
    ['resource', 'used', 'available', ''],
    [
      row('look-up tables', luts),
      row('flip-flops', flipFlops),
      row('block RAMs (36 Kbit)', blockRams),
      row('DSP slices', dspSlices),
    ],
  );
  return `${headerText(header)}\n${table}\nSlack: ${timing.setupSlackNs} ns (setup), ${timing.holdSlackNs} ns (hold).`;
}
