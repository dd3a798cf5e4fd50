import { Option, type Command } from 'commander';
import { ACCELERATOR_BOARDS } from '../../build/fpga/parts.ts';
import { buildBitstream } from '../../build/fpga/vivado/build-bitstream.ts';
import { parseNumber } from '../options.ts';
import { note, print, progressOnStderr } from '../terminal.ts';
import { bitstreamText } from './bitstream-text.ts';
import { FPGA_FOLDER, takeBitstream, usualOutput } from './board-bitstream.ts';

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
  const taken = await takeBitstream(file, board);
  print(json === true ? JSON.stringify(taken, null, 2) : bitstreamText(taken));
  note(`${file} is the accelerator for ${board}, from the sources that packages are built for.`);
}

async function build(flags: BitstreamFlags, signal: AbortSignal): Promise<void> {
  const { board, clock, json } = flags;
  const built = await buildBitstream({
    board,
    fpgaFolder: FPGA_FOLDER,
    outputFolder: flags.output ?? usualOutput(board),
    clockHz: clock === undefined ? undefined : clock * 1e6,
    signal,
    onProgress: progressOnStderr(),
  });
  print(json === true ? JSON.stringify(built, null, 2) : bitstreamText(built));
  note(`Wrote ${built.file}.`);
}
