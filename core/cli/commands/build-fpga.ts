import { Option, type Command } from 'commander';
import { join } from 'node:path';
import { acceleratorTarget, buildFpgaFromNetwork } from '../../build/fpga/build-fpga-package.ts';
import { ACCELERATOR_BOARDS } from '../../build/fpga/parts.ts';
import type { AcceleratorPlan } from '../../build/fpga/plan-summary.ts';
import { writeFileAtomically } from '../../common/files.ts';
import { parseNumber } from '../options.ts';
import { textTable } from '../text-table.ts';
import { note, print } from '../terminal.ts';
import { bitstreamText } from './bitstream-text.ts';
import { findOrBuildBitstream, FPGA_FOLDER, takeBitstream } from './board-bitstream.ts';
import { addSourceOptions, readSources, type SourceFlags } from './build-sources.ts';

/** The accelerator's sources, by whose fingerprint packages and bitstreams find each other. */
export const RTL_FOLDER = join(FPGA_FOLDER, 'rtl');

interface BuildFpgaFlags extends SourceFlags {
  readonly board: string;
  readonly clock?: number;
  /** A file that somebody built; false for none. */
  readonly bitstream?: string | false;
  readonly json?: true;
}

export function addBuildFpgaCommand(group: Command, signal: AbortSignal): void {
  const command = group
    .command('fpga')
    .description('builds the package for the accelerator of a Zynq, which runs on its processor too')
    .addOption(
      new Option('--board <name>', 'the board it is planned for')
        .choices(ACCELERATOR_BOARDS.map(({ board }) => board))
        .makeOptionMandatory(),
    )
    .option('--clock <MHz>', "the accelerator's clock; the board's usual one if absent", parseNumber)
    .option('--bitstream <file.bit>', 'check this bitstream, in place of building one where Vivado is on the PATH')
    .option('--no-bitstream', 'make the package alone')
    .option('--json', 'print the plan as JSON');
  addSourceOptions(command).action((flags: BuildFpgaFlags) => build(flags, signal));
}

async function build(flags: BuildFpgaFlags, signal: AbortSignal): Promise<void> {
  const { board, bitstream: file, json } = flags;
  const clockHz = flags.clock === undefined ? undefined : flags.clock * 1e6;
  const target = acceleratorTarget(board, clockHz);
  // A wrong bitstream is refused before anything is written.
  const taken = typeof file === 'string' ? await takeBitstream(file, board) : null;
  const built = await buildFpgaFromNetwork({ ...(await readSources(flags, signal)), target, rtlFolder: RTL_FOLDER });
  await writeFileAtomically(flags.output, built.bytes);
  built.notes.forEach(note);
  note(
    `Wrote ${flags.output}: ${(built.bytes.length / 1024).toFixed(1)} KiB, int8, for ${built.plan.part} at ${target.clockHz / 1e6} MHz, and for the processor where there is no accelerator.`,
  );
  if (json !== true) print(planText(built.plan));
  const bitstream = taken ?? (file === false ? null : await findOrBuildBitstream(board, clockHz, signal));
  if (json === true) print(JSON.stringify({ ...built.plan, bitstream }, null, 2));
  else if (bitstream !== null) print(`Bitstream ${bitstream.file}: ${bitstreamText(bitstream)}`);
}

function planText(plan: AcceleratorPlan): string {
  const rows = plan.layers.map(({ layer, kind, macs, cycles, bytes, reason }) => [
    layer,
    kind,
    String(macs),
    cycles === null ? '-' : String(cycles),
    bytes === null ? '-' : String(bytes),
    reason === null ? 'accelerator' : `processor: ${reason}`,
  ]);
  const { cycles, nanoseconds, efficiency, bytes, programs, memoryBytesPerSecond, board } = plan;
  const total = `Estimated on ${board} (${memoryBytesPerSecond / 1e9} GB/s of memory): ${cycles} cycles, ${(nanoseconds / 1e6).toFixed(3)} ms, ${(100 * efficiency).toFixed(1)} % of what the array could do, ${bytes} bytes over memory, in ${programs} ${programs === 1 ? 'program' : 'programs'}. The processor's time is not in it.`;
  return `${textTable(['layer', 'kind', 'multiply-accumulates', 'cycles', 'bytes', 'runs on'], rows)}\n${total}`;
}
