import { Option, type Command } from 'commander';
import { calibrate } from '../../calibration/calibrate.ts';
import type { Grouping } from '../../calibration/formats/format.ts';
import { tableFormatNames } from '../../calibration/formats/index.ts';
import { methodNames, type MethodName } from '../../calibration/methods/index.ts';
import { countShard, type ShardRequest } from '../../calibration/shards/count-shard.ts';
import type { ShardPart } from '../../calibration/shards/shard.ts';
import { writeShard } from '../../calibration/shards/shard-file.ts';
import { recordOf } from '../../calibration/record.ts';
import type { TableFormat } from '../../calibration/table.ts';
import { nodeWorkers } from '../../calibration/workers/node-workers.ts';
import { CortadoError } from '../../common/errors.ts';
import { isTensorFile, listImages } from '../../images/list-images.ts';
import { chooseDevice } from '../../inference/devices/choose-device.ts';
import { loadNetwork } from '../../network/load.ts';
import {
  addPreprocessingOptions,
  inputShapeOption,
  parseCount,
  parseShardPart,
  parseCountOrZero,
  type PreprocessingOptions,
} from '../options.ts';
import { preprocessingFor } from '../preprocessing.ts';
import { calibrateBest } from './calibrate-best.ts';
import { noteSkipped, writeCalibration } from './write-calibration.ts';
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
  readonly workers?: number;
  readonly passes?: string;
  readonly shard?: ShardPart;
  readonly bestAccuracy?: true;
  readonly mixed?: number;
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
    .addOption(
      new Option('--gpu <0|1>', '1: forward on the best GPU that gives right answers (cortado devices lists them)')
        .choices(['0', '1'])
        .default('0'),
    )
    .option('--workers <count>', 'processes that decode and forward at a time; one per core if absent', parseCount)
    .option('--threads <count>', 'threads of the forward pass in each of them; one if absent', parseCount)
    .addOption(
      new Option(
        '--passes <1|2>',
        '1: each picture is read once; 2: ranges first, as the original tools; 1 for ncnn and tensorrt if absent, else 2',
      ).choices(['1', '2']),
    )
    .option('--shard <i/n>', 'count one part of n of the inputs, in one pass, for "cortado merge"', parseShardPart)
    .option(
      '--best-accuracy',
      'try methods blob by blob, equalisation, all levels for ReLUs, rounding by data, cheap layers in float; takes minutes, writes TABLE.tuning.json beside the table',
    )
    .option(
      '--mixed <percent>',
      'with --best-accuracy: how much of the multiplications may run in float (10 if absent, 0 for none)',
      parseCountOrZero,
    )
    .option('--json', 'print the thresholds as JSON')
    .action((flags: CalibrateFlags) => run(flags, signal));
}

async function run(flags: CalibrateFlags, signal: AbortSignal): Promise<void> {
  const network = await loadNetwork(flags, { inputShape: flags.inputShape });
  const inputs = await listImages(flags.images);
  const resolved = inputs.every(isTensorFile) ? undefined : await preprocessingFor(network, flags);
  resolved?.notes.forEach(note);
  if (flags.bestAccuracy === true && flags.shard === undefined) {
    await calibrateBest({ network, inputs, preprocessing: resolved?.preprocessing }, flags, signal);
    return;
  }
  const device = await chooseDevice({ launch: nodeWorkers, prefer: flags.gpu === '1' ? 'gpu' : 'cpu', signal });
  if (flags.gpu === '1') note(`${device.name}: ${device.why}`);
  const request = {
    ...{ network, device, workers: { launch: nodeWorkers, count: flags.workers } },
    inputs,
    preprocessing: resolved?.preprocessing,
    format: flags.format,
    method: flags.method,
    group: flags.group === undefined ? undefined : (Number(flags.group) as Grouping),
    threads: flags.threads,
    signal,
    onProgress: progressOnStderr(),
  };
  if (flags.shard !== undefined) {
    await writeOnePart({ ...request, part: flags.shard }, flags);
    return;
  }
  const passes = flags.passes === undefined ? undefined : flags.passes === '1' ? 1 : 2;
  const result = await calibrate({ ...request, passes });
  await writeCalibration(result, flags, recordOf(result, device));
}

/** `--shard`: counts one part, and leaves choosing to `cortado merge`. */
async function writeOnePart(request: ShardRequest, flags: CalibrateFlags): Promise<void> {
  if (flags.passes === '2' || flags.bestAccuracy === true) {
    throw new CortadoError(
      'cli.usage',
      'A shard is counted in one pass, and thresholds are chosen when all shards are merged.',
      `Leave ${flags.bestAccuracy === true ? '--best-accuracy' : '--passes'} out.`,
      { location: { field: '--shard' } },
    );
  }
  const shard = await countShard(request);
  await writeShard(flags.output, shard);
  noteSkipped(shard.skipped);
  const { index, count } = shard.part;
  if (flags.json === true) {
    print(
      JSON.stringify({ output: flags.output, shard: shard.part, used: shard.used, skipped: shard.skipped }, null, 2),
    );
  }
  note(`${shard.used} inputs; wrote ${flags.output}, part ${index} of ${count}. Merge all parts with "cortado merge".`);
}
