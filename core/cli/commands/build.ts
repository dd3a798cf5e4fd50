import { parse } from 'node:path';
import { Option, type Command } from 'commander';
import type { BuiltPackage } from '../../build/neon/build.ts';
import { buildNeonFromNetwork } from '../../build/neon/build-network.ts';
import { tableFormatNames } from '../../calibration/formats/index.ts';
import type { TableFormat } from '../../calibration/table.ts';
import { CortadoError } from '../../common/errors.ts';
import { writeFileAtomically } from '../../common/files.ts';
import { readInputFile } from '../../common/read-input.ts';
import { decodeToPixels } from '../../images/pixels.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import { loadNetwork } from '../../network/load.ts';
import { addPreprocessingOptions, inputShapeOption, keepFloatOption, type PreprocessingOptions } from '../options.ts';
import { preprocessingFor, saysPreprocessing, takesPictures } from '../preprocessing.ts';
import { textTable } from '../text-table.ts';
import { note, print, progressOnStderr } from '../terminal.ts';

export interface BuildFlags extends PreprocessingOptions {
  readonly proto: string;
  readonly model: string;
  readonly inputShape?: readonly number[];
  readonly table?: string;
  readonly tableFormat?: TableFormat;
  readonly keepFloat?: readonly string[];
  readonly precision: string;
  readonly output: string;
  readonly labels?: string;
  readonly golden?: string;
}

export function addBuildCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('build')
    .description('builds the files for a board')
    .command('neon')
    .description('builds the package for ARM boards with NEON')
    .requiredOption('--proto <file>', 'deploy.prototxt')
    .requiredOption('--model <file>', '.caffemodel')
    .option(...inputShapeOption)
    .option('--table <file>', 'scale table; needed for int8')
    .addOption(
      new Option('--table-format <name>', 'format of the table; guessed where its keys leave one choice').choices(
        tableFormatNames,
      ),
    )
    .option(...keepFloatOption)
    .addOption(new Option('--precision <name>', 'int8 or fp32').default('int8'))
    .requiredOption('--output <file>', 'the package that is written')
    .option('--labels <file>', 'names of the classes, one a line, kept in the package')
    .option('--golden <picture>', 'picture for the golden input, which the board answers first; a pattern if absent');
  addPreprocessingOptions(command).action(async (flags: BuildFlags) => {
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
  const network = await loadNetwork(flags, { inputShape: flags.inputShape });
  const isPictures = takesPictures(network) || saysPreprocessing(flags);
  const resolved = isPictures ? await preprocessingFor(network, flags) : undefined;
  resolved?.notes.forEach(note);
  return buildNeonFromNetwork({
    network,
    tableFile: flags.table,
    tableFormat: flags.tableFormat,
    keepFloat: flags.keepFloat === undefined ? undefined : new Set(flags.keepFloat),
    precision: flags.precision,
    preprocessing: resolved?.preprocessing,
    goldenPixels: await goldenPixels(flags.golden, resolved?.preprocessing, signal),
    labels: flags.labels === undefined ? undefined : await readLabels(flags.labels),
    // Many files have no name; the package's own tells a user more than none.
    name: network.name === '' ? parse(flags.output).name : network.name,
    signal,
    onProgress: progressOnStderr(),
  });
}

async function goldenPixels(
  picture: string | undefined,
  preprocessing: Preprocessing | undefined,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (picture === undefined) return undefined;
  if (preprocessing !== undefined) return decodeToPixels(picture, preprocessing, signal);
  throw new CortadoError(
    'cli.usage',
    'A picture is given for the golden input, but the network takes no pictures.',
    'Leave --golden out.',
    { location: { field: '--golden' } },
  );
}

function precisionTable({ layers }: BuiltPackage): string {
  return textTable(
    ['layer', 'runs as', 'why'],
    layers.map(({ layer, runsAs, reason }) => [layer, runsAs, reason]),
  );
}

async function readLabels(path: string): Promise<readonly string[]> {
  const text = new TextDecoder().decode(await readInputFile(path, 'The label file'));
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
