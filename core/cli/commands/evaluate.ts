import { Option, type Command } from 'commander';
import { availableParallelism } from 'node:os';
import { boardGraph, type BoardGraph } from '../../quantization/board-graph.ts';
import { tableFormatNames } from '../../calibration/formats/index.ts';
import type { TableFormat } from '../../calibration/table.ts';
import { CortadoError } from '../../common/errors.ts';
import { DetectionJudge, type DetectionResult, type DetectionScores } from '../../evaluation/detection/judge.ts';
import { readBoxes } from '../../evaluation/detection/read-boxes.ts';
import { evaluate, type Evaluation } from '../../evaluation/evaluate.ts';
import { readLabels, readNames } from '../../evaluation/labels.ts';
import type { Shares } from '../../evaluation/scores.ts';
import { isTensorFile, listImages } from '../../images/list-images.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import { withInputShapes } from '../../network/infer.ts';
import { loadNetwork } from '../../network/load.ts';
import { agentRunner } from '../local-runner.ts';
import {
  addPreprocessingOptions,
  inputShapeOption,
  keepFloatOption,
  parseCount,
  parseCountOrZero,
  parseShare,
  type PreprocessingOptions,
} from '../options.ts';
import { preprocessingFor } from '../preprocessing.ts';
import { textTable } from '../text-table.ts';
import { finiteNumbers, note, print, progressOnStderr } from '../terminal.ts';

interface EvaluateFlags extends PreprocessingOptions {
  readonly proto: string;
  readonly model: string;
  readonly inputShape?: readonly number[];
  readonly table: string;
  readonly tableFormat?: TableFormat;
  readonly keepFloat?: readonly string[];
  readonly images: string;
  readonly labels?: string;
  readonly boxes?: string;
  readonly classNames?: string;
  readonly iou: number;
  readonly layers: number;
  readonly threads?: number;
  readonly json?: true;
}

export function addEvaluateCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('evaluate')
    .description('compares int8 with fp32 on pictures: accuracy, agreement, error by layer')
    .requiredOption('--proto <file>', 'deploy.prototxt')
    .requiredOption('--model <file>', '.caffemodel')
    .option(...inputShapeOption)
    .requiredOption('--table <file>', 'scale table')
    .requiredOption('--images <path>', 'folder of pictures or of .npy inputs, or a list file')
    .addOption(
      new Option('--table-format <name>', 'format of the table; guessed where its keys leave one choice').choices(
        tableFormatNames,
      ),
    )
    .option(...keepFloatOption)
    .option('--labels <file>', 'CSV with the header file,class');
  command
    .option(
      '--boxes <path>',
      'for detectors: folder of Pascal VOC annotations, or CSV with the header file,class,left,top,right,bottom',
    )
    .option('--class-names <file>', 'names of the classes that --boxes names, one a line, that of class 0 first')
    .option('--iou <share>', 'the least overlap that counts as found', parseShare, 0.5);
  addPreprocessingOptions(command)
    .option('--layers <count>', 'inputs that the error by layer is measured on; 0 for none', parseCountOrZero, 4)
    .option('--threads <count>', 'threads of the int8 run', parseCount)
    .option('--json', 'print the result as JSON')
    .action((flags: EvaluateFlags) => run(flags, signal));
}

async function run(flags: EvaluateFlags, signal: AbortSignal): Promise<void> {
  const loaded = await loadNetwork(flags, { inputShape: flags.inputShape });
  const shapes = loaded.inputs.map(({ name, shape }) => [name, [1, ...shape.slice(1)]] as const);
  const network = withInputShapes(loaded, new Map(shapes));
  const inputs = await listImages(flags.images);
  const resolved = inputs.every(isTensorFile) ? undefined : await preprocessingFor(network, flags);
  resolved?.notes.forEach(note);
  const board = await boardGraph(network, flags.table, flags.tableFormat, new Set(flags.keepFloat));
  const judge =
    flags.boxes === undefined ? undefined : await judgeOf(flags.boxes, flags, board, resolved?.preprocessing);
  const evaluation = await evaluate({
    network,
    ...board,
    inputs,
    preprocessing: resolved?.preprocessing,
    labels: flags.labels === undefined ? undefined : await readLabels(flags.labels),
    runner: await agentRunner(flags.threads ?? availableParallelism(), signal),
    layerInputs: flags.layers,
    onAnswers: (answers) => judge?.add(answers),
    signal,
    onProgress: progressOnStderr(),
  });
  const result = { ...evaluation, ...(judge === undefined ? {} : { detection: await judge.result() }) };
  result.skipped.forEach(({ path, reason }) => {
    note(`Skipped ${path}: ${reason}`);
  });
  if (flags.json === true) print(JSON.stringify(result, finiteNumbers, 2));
  else printResult(result);
}

async function judgeOf(
  boxes: string,
  { classNames, iou }: EvaluateFlags,
  { graph }: BoardGraph,
  preprocessing: Preprocessing | undefined,
): Promise<DetectionJudge> {
  if (preprocessing === undefined) {
    throw new CortadoError(
      'cli.usage',
      'Boxes are given, but the inputs are tensors: nothing says where in a picture they lie.',
      'Leave --boxes out, or give pictures.',
      { location: { field: '--boxes' } },
    );
  }
  const names = classNames === undefined ? undefined : await readNames(classNames);
  return new DetectionJudge(graph, { boxes: await readBoxes(boxes), classNames: names, iou, preprocessing });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function detectionTable({ fp32, int8, iou }: DetectionResult): string {
  const row = (name: string, of: (scores: DetectionScores) => number): readonly string[] => [
    name,
    percent(of(fp32)),
    percent(of(int8)),
  ];
  return textTable(
    [`detection at ${iou}`, 'fp32', 'int8'],
    [
      row('mAP', ({ map }) => map),
      row('mAP, 11 points', ({ map11 }) => map11),
      ...fp32.classes.map(({ label }, place) => row(`class ${label}`, ({ classes }) => classes[place].ap)),
    ],
  );
}

function printResult(result: Evaluation & { readonly detection?: DetectionResult }): void {
  const row = (name: string, shares: Shares | undefined): readonly string[][] =>
    shares === undefined ? [] : [[name, percent(shares.top1), percent(shares.top5)]];
  if (result.detection !== undefined) print(detectionTable(result.detection));
  print(
    textTable(
      ['', 'top-1', 'top-5'],
      [...row('fp32', result.fp32), ...row('int8', result.int8), ...row('agreement', result.agreement)],
    ),
  );
  print(
    textTable(
      ['layer', 'SQNR alone', 'cosine', 'clipped', 'SQNR accumulated', 'cosine', 'clipped', 'advice'],
      result.layers.map(({ layer, alone, accumulated, advice }) => [
        layer,
        ...[alone, accumulated].flatMap(({ sqnr, cosine, clippedShare }) => [
          sqnr.toFixed(1),
          cosine.toFixed(5),
          percent(clippedShare),
        ]),
        advice,
      ]),
    ),
  );
  note(`${result.used} inputs, ${result.labelled} of them with a class.`);
}
