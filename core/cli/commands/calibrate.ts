import { Option, type Command } from 'commander';
import { rm } from 'node:fs/promises';
import { calibrate } from '../../calibration/calibrate.ts';
import type { BlobCalibration } from '../../calibration/choose-thresholds.ts';
import type { Grouping } from '../../calibration/formats/format.ts';
import { tableFormatNames } from '../../calibration/formats/index.ts';
import { methodNames, type MethodName } from '../../calibration/methods/index.ts';
import { writeTable } from '../../calibration/read-table.ts';
import type { TableFormat } from '../../calibration/table.ts';
import { tuningFile } from '../../calibration/tuning/tuning.ts';
import { CortadoError } from '../../common/errors.ts';
import { isTensorFile, listImages } from '../../images/list-images.ts';
import { loadNetwork } from '../../network/load.ts';
import { addPreprocessingOptions, inputShapeOption, parseCount, type PreprocessingOptions } from '../options.ts';
import { preprocessingFor } from '../preprocessing.ts';
import { calibrateBest } from './calibrate-best.ts';
import { textTable } from '../text-table.ts';
import { note, print, progressOnStderr } from '../terminal.ts';

interface CalibrateFlags extends PreprocessingOptions {
  readonly proto: string;
  readonly model: string;
  readonly inputShape?: readonly number[];
  readonly images: string;
  readonly output: string;
  readonly format: TableFormat;
  readonly method?: MethodName;
  readonly group?: string;
  readonly gpu: string;
  readonly threads?: number;
  readonly passes: string;
  readonly bestAccuracy?: true;
  readonly json?: true;
}

export function addCalibrateCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('calibrate')
    .description('makes a scale table from pictures')
    .requiredOption('--proto <file>', 'deploy.prototxt')
    .requiredOption('--model <file>', '.caffemodel')
    .option(...inputShapeOption)
    .requiredOption('--images <path>', 'folder of pictures or of .npy inputs, or a list file')
    .requiredOption('--output <file>', 'the table that is written');
  addPreprocessingOptions(command)
    .addOption(new Option('--format <name>', 'table format').choices(tableFormatNames).default('ncnn'))
    .addOption(
      new Option('--method <name>', "how thresholds are chosen; the format's own if absent").choices(methodNames),
    )
    .addOption(
      new Option(
        '--group <0|1>',
        "1: scales per output channel or group; 0: per layer; the format's own if absent",
      ).choices(['0', '1']),
    )
    .addOption(new Option('--gpu <0|1>', 'forward on the GPU').choices(['0', '1']).default('0'))
    .option('--threads <count>', 'threads of the forward pass', parseCount)
    .addOption(
      new Option(
        '--passes <1|2>',
        '2: thresholds exactly as the original tools; 1: half the time, thresholds nearly the same',
      )
        .choices(['1', '2'])
        .default('2'),
    )
    .option(
      '--best-accuracy',
      'try equalisation, bias correction and methods; takes minutes, writes TABLE.tuning.json beside the table',
    )
    .option('--json', 'print the thresholds as JSON')
    .action((flags: CalibrateFlags) => run(flags, signal));
}

async function run(flags: CalibrateFlags, signal: AbortSignal): Promise<void> {
  if (flags.gpu === '1') {
    throw new CortadoError(
      'calibration.gpu',
      'This version of Cortado calibrates on the CPU only.',
      'Leave --gpu out; the result is the same.',
      { location: { field: '--gpu' } },
    );
  }
  const network = await loadNetwork(flags, { inputShape: flags.inputShape });
  const inputs = await listImages(flags.images);
  const resolved = inputs.every(isTensorFile) ? undefined : await preprocessingFor(network, flags);
  resolved?.notes.forEach(note);
  if (flags.bestAccuracy === true) {
    await calibrateBest({ network, inputs, preprocessing: resolved?.preprocessing }, flags, signal);
    return;
  }
  const result = await calibrate({
    network,
    inputs,
    preprocessing: resolved?.preprocessing,
    format: flags.format,
    method: flags.method,
    group: flags.group === undefined ? undefined : (Number(flags.group) as Grouping),
    threads: flags.threads,
    passes: flags.passes === '1' ? 1 : 2,
    signal,
    onProgress: progressOnStderr(),
  });
  result.skipped.forEach(({ path, reason }) => {
    note(`Skipped ${path}: ${reason}`);
  });
  result.notes.forEach(note);
  await writeTable(flags.output, result.table);
  // One that an earlier call left would be taken for this table's.
  await rm(tuningFile(flags.output), { force: true });
  if (flags.json === true) {
    const layers = result.layers.map(({ key, blob, part, max, threshold, scale, clippedShare }) => ({
      key,
      blob,
      part,
      max,
      threshold,
      scale,
      clippedShare,
    }));
    print(
      JSON.stringify(
        { output: flags.output, format: flags.format, used: result.used, skipped: result.skipped, layers },
        null,
        2,
      ),
    );
    return;
  }
  print(thresholdTable(result.layers));
  note(`${result.used} inputs, ${result.method}; wrote ${flags.output}`);
}

function thresholdTable(layers: readonly BlobCalibration[]): string {
  return textTable(
    ['line', 'blob', 'largest', 'threshold', 'scale', 'clipped'],
    layers.map(({ key, blob, max, threshold, scale, clippedShare }) => [
      key,
      blob,
      max.toPrecision(5),
      threshold.toPrecision(5),
      scale.toPrecision(5),
      `${(100 * clippedShare).toFixed(2)} %`,
    ]),
  );
}
