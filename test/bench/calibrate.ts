import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { calibrate } from '../../core/calibration/calibrate.ts';
import type { CalibrationResult } from '../../core/calibration/calibrate-target.ts';
import { nodeWorkers } from '../../core/calibration/workers/node-workers.ts';
import { textTable } from '../../core/cli/text-table.ts';
import { listImages } from '../../core/images/list-images.ts';
import { resolvePreprocessing } from '../../core/images/resolve-preprocessing.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { hasTestData, testData } from '../support/paths.ts';

interface Measured {
  readonly pictures: number;
  readonly seconds: number;
  /** Of all processes and threads together; absent where the system does not tell. */
  readonly processorSeconds?: number;
  /** Of the process that asks and of those that work, had each its most at the same time. */
  readonly peakMebibytes: number;
  readonly times: CalibrationResult['times'];
}

/** Both cores of the machine on which ncnn2table was measured. */
const workers = { launch: nodeWorkers, count: 2 };

/** ncnn2table with KL on the same network, two threads of a machine with two cores; the figures. */
const ncnn2table: readonly (readonly [number, string])[] = [
  [200, '2.2'],
  [800, '8.4'],
];

/**
 * Calibrates SqueezeNet v1.1 on the 200 photographs and on the same taken four times, each in processes of its own, and
 * prints time, processor time (with the start of all processes), peak memory and where the time went: of both worker
 * processes together, so it adds up to more than the whole.
 * `--passes 2` measures two passes.
 */
export async function benchCalibrate(args: readonly string[]): Promise<void> {
  if (!hasTestData) {
    process.stderr.write('The test data is not there: set CORTADO_TEST_DATA.\n');
    process.exitCode = 1;
    return;
  }
  if (args[0] === '--once') {
    process.stdout.write(JSON.stringify(await measure(Number(args[1]), args[2] === '2' ? 2 : 1)));
    return;
  }
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const rows = ncnn2table.map(([pictures, theirs]) => {
    const passes = args.join(' ') === '--passes 2' ? '2' : '1';
    const words = [...process.execArgv, main, 'calibrate', '--once', String(pictures / 200), passes];
    const { seconds, processorSeconds, peakMebibytes, times } = JSON.parse(
      execFileSync(process.execPath, words).toString(),
    ) as Measured;
    const inSeconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);
    return [
      String(pictures),
      seconds.toFixed(2),
      processorSeconds?.toFixed(1) ?? '',
      peakMebibytes.toFixed(0),
      inSeconds(times.waitForDecoding),
      inSeconds(times.inference),
      inSeconds(times.histogram),
      inSeconds(times.threshold),
      theirs,
    ];
  });
  const head = [
    'pictures',
    's',
    'processor s',
    'peak MiB',
    'wait for decoding',
    'inference',
    'histogram',
    'threshold',
    'ncnn2table, s',
  ];
  process.stdout.write(`${textTable(head, rows)}\n`);
}

async function measure(times: number, passes: 1 | 2): Promise<Measured> {
  const folder = join(testData, 'models/squeezenet_v1.1');
  const pictures = await listImages(join(testData, 'images/imagenet'));
  const inputs = Array.from({ length: times }, () => pictures).flat();
  const startedAt = performance.now();
  const network = await loadNetwork({
    proto: join(folder, 'deploy.prototxt'),
    model: join(folder, 'weights.caffemodel'),
  });
  const { preprocessing } = resolvePreprocessing({
    transformParams: network.transforms,
    inputShape: network.inputs[0].shape,
    flags: { mean: [104, 117, 123], size: { width: 256, height: 256 } },
  });
  const result = await calibrate({ network, preprocessing, inputs, format: 'ncnn', workers, passes });
  const seconds = (performance.now() - startedAt) / 1000;
  // Those that worked are killed at the end; what they used is known when the system has taken leave of them.
  await setTimeout(500);
  const processorSeconds = usedByAll();
  return {
    pictures: result.used,
    seconds,
    ...(processorSeconds === undefined ? {} : { processorSeconds }),
    peakMebibytes: process.resourceUsage().maxRSS / 1024 + (result.workerBytes ?? 0) / 2 ** 20,
    times: result.times,
  };
}

/** Processor time of this process and of those that it started and that have ended, in seconds. */
function usedByAll(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const ticksPerSecond = 100;
  // proc(5): the name in parentheses may hold blanks; utime, stime, cutime and cstime are fields 14 to 17.
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}
