import { Option, type Command } from 'commander';
import type { BuiltPackage } from '../../build/neon/build.ts';
import { buildNeonFromNetwork } from '../../build/neon/build-network.ts';
import { writeFileAtomically } from '../../common/files.ts';
import { textTable } from '../text-table.ts';
import { note, print } from '../terminal.ts';
import { addBuildFpgaCommand } from './build-fpga.ts';
import { addSourceOptions, readSources, type SourceFlags } from './build-sources.ts';

export interface BuildFlags extends SourceFlags {
  readonly precision: string;
}

export function addBuildCommand(program: Command, signal: AbortSignal): void {
  const group = program.command('build').description('builds the files for a board');
  addBuildNeonCommand(group, signal);
  addBuildFpgaCommand(group, signal);
}

function addBuildNeonCommand(group: Command, signal: AbortSignal): void {
  const command = group
    .command('neon')
    .description('builds the package for ARM boards with NEON')
    .addOption(new Option('--precision <name>', 'int8 or fp32').default('int8'));
  addSourceOptions(command).action(async (flags: BuildFlags) => {
    const built = await buildFromFiles(flags, signal);
    await writeFileAtomically(flags.output, built.bytes);
    print(precisionTable(built));
    built.notes.forEach(note);
    note(
      `Wrote ${flags.output}: ${(built.bytes.length / 1024).toFixed(1)} KiB, ${flags.precision}, for any ARM board with NEON.`,
    );
  });
}

/** Builds a package from the files that the flags name; nothing is written. */
export async function buildFromFiles(flags: BuildFlags, signal: AbortSignal): Promise<BuiltPackage> {
  return buildNeonFromNetwork({ ...(await readSources(flags, signal)), precision: flags.precision });
}

function precisionTable({ layers }: BuiltPackage): string {
  return textTable(
    ['layer', 'runs as', 'why'],
    layers.map(({ layer, runsAs, reason }) => [layer, runsAs, reason]),
  );
}
