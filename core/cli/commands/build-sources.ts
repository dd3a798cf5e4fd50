import { parse } from 'node:path';
import { Option, type Command } from 'commander';
import type { NetworkBuild } from '../../build/neon/build-network.ts';
import { tableFormatNames } from '../../calibration/formats/index.ts';
import type { TableFormat } from '../../calibration/table.ts';
import { CortadoError } from '../../common/errors.ts';
import { readInputFile } from '../../common/read-input.ts';
import { decodeToPixels } from '../../images/pixels.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import { loadNetwork } from '../../network/load.ts';
import { addPreprocessingOptions, inputShapeOption, keepFloatOption, type PreprocessingOptions } from '../options.ts';
import { preprocessingFor, saysPreprocessing, takesPictures } from '../preprocessing.ts';
import { note, progressOnStderr } from '../terminal.ts';

/** The flags that every `cortado build` of a package has: what it is made of. */
export interface SourceFlags extends PreprocessingOptions {
  readonly proto: string;
  readonly model: string;
  readonly inputShape?: readonly number[];
  readonly table?: string;
  readonly tableFormat?: TableFormat;
  readonly keepFloat?: readonly string[];
  readonly output: string;
  readonly labels?: string;
  readonly golden?: string;
}

export function addSourceOptions(command: Command): Command {
  const described = command
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
    .requiredOption('--output <file>', 'the package that is written')
    .option('--labels <file>', 'names of the classes, one a line, kept in the package')
    .option('--golden <picture>', 'picture for the golden input, which the board answers first; a pattern if absent');
  return addPreprocessingOptions(described);
}

/** Reads the files that the flags name. */
export async function readSources(flags: SourceFlags, signal: AbortSignal): Promise<Omit<NetworkBuild, 'precision'>> {
  const network = await loadNetwork(flags, { inputShape: flags.inputShape });
  const isPictures = takesPictures(network) || saysPreprocessing(flags);
  const resolved = isPictures ? await preprocessingFor(network, flags) : undefined;
  resolved?.notes.forEach(note);
  return {
    network,
    tableFile: flags.table,
    tableFormat: flags.tableFormat,
    keepFloat: flags.keepFloat === undefined ? undefined : new Set(flags.keepFloat),
    preprocessing: resolved?.preprocessing,
    goldenPixels: await goldenPixels(flags.golden, resolved?.preprocessing, signal),
    labels: flags.labels === undefined ? undefined : await readLabels(flags.labels),
    // Many files have no name; the package's own tells a user more than none.
    name: network.name === '' ? parse(flags.output).name : network.name,
    signal,
    onProgress: progressOnStderr(),
  };
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

async function readLabels(path: string): Promise<readonly string[]> {
  const text = new TextDecoder().decode(await readInputFile(path, 'The label file'));
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
