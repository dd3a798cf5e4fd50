import type { Command } from 'commander';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { calibrate } from '../../calibration/calibrate.ts';
import { writeTable } from '../../calibration/read-table.ts';
import { writeFileAtomically } from '../../common/files.ts';
import { deploy } from '../../deploy/deploy.ts';
import { packageNeeds } from '../../deploy/package-needs.ts';
import { listImages } from '../../images/list-images.ts';
import { inspectNetwork } from '../../network/inspect.ts';
import { loadNetwork } from '../../network/load.ts';
import { createReport, reportJson } from '../../report/create.ts';
import { reportHtml } from '../../report/html/page.ts';
import type { Report } from '../../report/schema.ts';
import { comparisonText, reportText } from '../../report/text.ts';
import { agentPath } from '../agents.ts';
import { preprocessingFor } from '../preprocessing.ts';
import { note, print, progressOnStderr } from '../terminal.ts';
import { buildFromFiles } from './build.ts';
import { deployEventsOnStderr } from './deploy.ts';

const SAMPLE = fileURLToPath(new URL('../../../resources/sample', import.meta.url));
/** Few enough for an emulator, enough for a median. */
const ITERATIONS = 50;

interface DemoFlags {
  readonly output: string;
  readonly fp16?: true;
}

/** Files that the demo reads and writes. */
interface DemoFiles {
  readonly proto: string;
  readonly model: string;
  readonly labels: string;
  /** The picture that the board answers first. */
  readonly golden: string;
  readonly table: string;
}

export function addDemoCommand(program: Command, signal: AbortSignal): void {
  program
    .command('demo')
    .description('takes the bundled network the whole way to the virtual board')
    .option('--output <folder>', 'where table, packages and reports are written', 'cortado-demo')
    .option('--fp16', 'fp16 besides int8 and fp32')
    .action((flags: DemoFlags) => demo(resolve(flags.output), flags.fp16 === true, signal));
}

async function demo(folder: string, withHalf: boolean, signal: AbortSignal): Promise<void> {
  const files: DemoFiles = {
    proto: join(SAMPLE, 'deploy.prototxt'),
    model: join(SAMPLE, 'digits.caffemodel'),
    labels: join(SAMPLE, 'labels.txt'),
    golden: join(SAMPLE, 'images', '7-1.png'),
    table: join(folder, 'digits.table'),
  };
  await calibrateSample(files, signal);
  const int8 = await buildAndDeploy(files, 'int8', folder, signal);
  const fp32 = await buildAndDeploy(files, 'fp32', folder, signal);
  const fp16 = withHalf ? await buildAndDeploy(files, 'fp16', folder, signal) : undefined;
  const page = join(folder, 'report.html');
  await writeFileAtomically(page, reportHtml(int8, fp32));
  print(`\n${reportText(int8)}`);
  print(`\n${comparisonText(fp32, int8, ['fp32', 'int8'])}`);
  if (fp16 !== undefined) print(`\n${comparisonText(fp32, fp16, ['fp32', 'fp16'])}`);
  note(`Wrote ${page}, and the reports as JSON, the packages and the table beside it.`);
}

async function calibrateSample(files: DemoFiles, signal: AbortSignal): Promise<void> {
  const network = await loadNetwork(files);
  const { totals } = inspectNetwork(network);
  note(
    `${network.name}: ${totals.layers} layers, ${totals.parameters} parameters, ${totals.macs} multiply-accumulates`,
  );
  const { preprocessing } = await preprocessingFor(network, {});
  const inputs = await listImages(join(SAMPLE, 'images'));
  const { table, used, method } = await calibrate({
    network,
    inputs,
    preprocessing,
    format: 'ncnn',
    signal,
    onProgress: progressOnStderr(),
  });
  await writeTable(files.table, table);
  note(`Calibrated on ${used} pictures, ${method}.`);
}

async function buildAndDeploy(
  files: DemoFiles,
  precision: string,
  folder: string,
  signal: AbortSignal,
): Promise<Report> {
  const path = join(folder, `digits-${precision}.cortado`);
  const { bytes } = await buildFromFiles({ ...files, precision, output: path }, signal);
  await writeFileAtomically(path, bytes);
  note(`Built ${path}: ${(bytes.length / 1024).toFixed(1)} KiB`);
  const run = await deploy({
    board: { kind: 'virtual' },
    packagePath: path,
    needs: await packageNeeds(path),
    agentFor: agentPath,
    settings: { iterations: ITERATIONS, warmup: 5, backend: 'auto', profile: true },
    signal,
    onEvent: deployEventsOnStderr(),
  });
  const report = createReport(run);
  await writeFileAtomically(join(folder, `report-${precision}.json`), reportJson(report));
  return report;
}
