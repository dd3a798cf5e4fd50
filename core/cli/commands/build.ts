import { Option, type Command } from 'commander';
import type { BuiltPackage } from '../../build/neon/build.ts';
import { buildNeonFromNetwork } from '../../build/neon/build-network.ts';
import { writeFileAtomically } from '../../common/files.ts';
import { textTable } from '../text-table.ts';
import { finiteNumbers, note, print } from '../terminal.ts';
import { addBuildBitstreamCommand } from './build-bitstream.ts';
import { addBuildFpgaCommand } from './build-fpga.ts';
import { addSourceOptions, readSources, type SourceFlags } from './build-sources.ts';

export interface BuildFlags extends SourceFlags {
  readonly precision: string;
  readonly floatWeights?: 'fp16' | 'fp32';
  readonly json?: true;
}

export function addBuildCommand(program: Command, signal: AbortSignal): void {
  const group = program.command('build').description('builds the files for a board');
  addBuildNeonCommand(group, signal);
  addBuildFpgaCommand(group, signal);
  addBuildBitstreamCommand(group, signal);
}

function addBuildNeonCommand(group: Command, signal: AbortSignal): void {
  const command = group
    .command('neon')
    .description('builds the package for ARM boards with NEON')
    .addOption(
      new Option('--precision <name>', 'int8, fp16 (weights; the arithmetic is float32) or fp32').default('int8'),
    )
    .addOption(
      new Option('--float-weights <name>', 'how an int8 package holds the weights of layers in float')
        .choices(['fp16', 'fp32'])
        .default('fp32'),
    )
    .option('--json', 'print layers, notes and what float16 costs as JSON');
  addSourceOptions(command).action(async (flags: BuildFlags) => {
    const built = await buildFromFiles(flags, signal);
    await writeFileAtomically(flags.output, built.bytes);
    print(flags.json === true ? asJson(built, flags) : precisionTable(built));
    built.notes.forEach(note);
    note(
      `Wrote ${flags.output}: ${(built.bytes.length / 1024).toFixed(1)} KiB, ${flags.precision}, for any ARM board with NEON.`,
    );
  });
}

/** Builds a package from the files that the flags name; nothing is written. */
export async function buildFromFiles(flags: BuildFlags, signal: AbortSignal): Promise<BuiltPackage> {
  const { precision, floatWeights } = flags;
  return buildNeonFromNetwork({ ...(await readSources(flags, signal)), precision, floatWeights });
}

function asJson({ bytes, layers, notes, half }: BuiltPackage, { output, precision }: BuildFlags): string {
  return JSON.stringify({ output, precision, bytes: bytes.length, layers, notes, half }, finiteNumbers, 2);
}

function precisionTable({ layers }: BuiltPackage): string {
  return textTable(
    ['layer', 'runs as', 'why'],
    layers.map(({ layer, runsAs, reason }) => [layer, runsAs, reason]),
  );
}
