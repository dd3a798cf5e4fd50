import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { encodeTrialPackage } from '../../core/build/neon/trial-package.ts';
import { calibrate } from '../../core/calibration/calibrate.ts';
import { foldTable } from '../../core/calibration/fold-table.ts';
import { calibrationTarget } from '../../core/calibration/network-target.ts';
import { applyTuning } from '../../core/calibration/tuning/apply.ts';
import { agentRunner } from '../../core/cli/local-runner.ts';
import { npyToTensor, readNpy, writeNpy } from '../../core/common/npy.ts';
import type { Tensor } from '../../core/common/tensor.ts';
import { executedOutputs, packageOutputs } from '../../core/evaluation/int8-outputs.ts';
import { readLabels } from '../../core/evaluation/labels.ts';
import { topClasses } from '../../core/evaluation/scores.ts';
import { optimise } from '../../core/graph/passes.ts';
import { createForwardSession } from '../../core/inference/onnx-session.ts';
import { withInputShapes } from '../../core/network/infer.ts';
import { lowerNetwork } from '../../core/network/lower.ts';
import type { Network } from '../../core/network/network.ts';
import { quantizeNetwork } from '../../core/quantization/quantize.ts';
import { Judge, type Contender } from '../../core/tuning/judge.ts';
import { judgedOutputs } from '../../core/tuning/judged-outputs.ts';
import type { TuningStep } from '../../core/tuning/search.ts';
import { tune } from '../../core/tuning/tune.ts';
import { loadModel } from '../support/int8-model.ts';
import { hasTestData, testData } from '../support/paths.ts';
import { inputOf, picturesOf, realModels, type RealModel } from '../support/real-models.ts';
import { cutFaceWindows } from './face-windows.ts';
import { likeness, type OwnMeasure } from './own-measure.ts';

/** How one set of scales did on pictures that it was not made from: sums over the pictures. */
interface Measured {
  /** Right answers among the pictures with a class. */
  right: number;
  labelled: number;
  likeness: number;
  loss: number;
  pictures: number;
}

interface ModelResult {
  readonly fp32: Measured;
  readonly plain: Measured;
  readonly best: Measured;
  /** By fold. */
  readonly steps: (readonly TuningStep[])[];
  readonly seconds: number[];
}

const classes = new Set(['imagenet', 'cifar10', 'mnist']);
/** Whose pictures show what its labels do not say. */
const unlabelled = new Set(['hyperlpr_chars']);
/** What a network's user would look at, where it is not a class. */
const ownMeasures: Readonly<Record<string, OwnMeasure>> = {
  hyperlpr_finemapping_v2: 'cosine',
  mobilefacenet: 'cosine',
  retinaface_widerface: 'boxes',
  ultraface_rfb320: 'faces',
  wechat_qr_detect: 'boxes',
  wechat_qr_sr: 'cosine',
  yoloface_500k_v2: 'cosine',
};
/** What is given windows of photographs, with a face or without. */
const windowed = new Set(['mtcnn_det1', 'mtcnn_det2', 'mtcnn_det3']);
/** Parts that the pictures are cut into: each is measured with what the others gave; two where there are very few pictures. */
const folds = (photographs: number): number => (photographs < 8 ? 2 : 4);
/** Inputs that a model is measured on at the least; where pictures are fewer, they are shifted and mirrored. */
const fewest = 32;
/** A search takes this many, at the least. */
const fewestPictures = 16;
const signal = new AbortController().signal;

/**
 * Accuracy of every model of the test data (or of those named), in fp32, with the scales of KL and with --best-accuracy.
 * Pictures are cut into parts; each is measured with scales that were made from the others.
 */
export async function benchAccuracy(names: readonly string[]): Promise<void> {
  if (!hasTestData) {
    process.stderr.write('The test data is not there: set CORTADO_TEST_DATA.\n');
    process.exitCode = 1;
    return;
  }
  const steps: string[] = [];
  process.stdout.write('| model | pictures | fp32 | KL | best | likeness, KL → best | loss, KL → best | search |\n');
  process.stdout.write('| --- | --- | --- | --- | --- | --- | --- | --- |\n');
  for (const real of realModels.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const result = await measureModel(real);
    process.stdout.write(`${summary(real.name, result)}\n`);
    steps.push(stepLine(real.name, result), ...result.steps.flatMap((list) => detail(real.name, list)));
  }
  process.stdout.write(`\n| model | ${stages.map(([name]) => name).join(' | ')} |\n`);
  process.stdout.write(`| --- | ${stages.map(() => '---').join(' | ')} |\n`);
  process.stdout.write(`${steps.filter((line) => line.startsWith('|')).join('\n')}\n`);
  process.stderr.write(`${steps.filter((line) => !line.startsWith('|')).join('\n')}\n`);
}

async function measureModel(real: RealModel): Promise<ModelResult> {
  const folder = await mkdtemp(join(tmpdir(), 'cortado-accuracy-'));
  try {
    const loaded = await loadModel(real.name);
    const shape = [1, ...loaded.inputs[0].shape.slice(1)];
    const network = withInputShapes(loaded, new Map([[loaded.inputs[0].name, shape]]));
    const pictures = await picturesFor(real, folder);
    const parts = folds(1 + Math.max(...pictures.map(({ photograph }) => photograph)));
    const files: { readonly file: string; readonly fold: number }[] = [];
    const labels = new Map<string, number>();
    // Picture by picture in each round, so that a search, which learns from every second file, decides by pictures that it did
    // not learn from.
    for (let variant = 0; variant < Math.ceil(fewest / pictures.length); variant++) {
      for (const { path, photograph, label } of pictures) {
        const file = join(folder, `${variant === 0 ? '' : `${variant}-`}${basename(path)}.npy`);
        await writeNpy(file, varied(await inputOf(real, path, shape), variant));
        files.push({ file, fold: photograph % parts });
        if (label !== undefined && variant === 0) labels.set(file, label);
      }
    }
    const result: ModelResult = { fp32: empty(), plain: empty(), best: empty(), steps: [], seconds: [] };
    const runner = await agentRunner(availableParallelism(), signal);
    for (let fold = 0; fold < parts; fold++) {
      const inputs = files.filter((one) => one.fold !== fold).map(({ file }) => file);
      const held = files.filter((one) => one.fold === fold).map(({ file }) => file);
      const graph = optimise(lowerNetwork(network));
      const { table } = await calibrate({ network, inputs, format: 'ncnn' });
      const began = performance.now();
      const tuned = await tune({ network, inputs, preprocessing: undefined, runner, onStep: tell(real.name) });
      result.seconds.push((performance.now() - began) / 1000);
      const plain = { graph, table: foldTable(table, calibrationTarget(network)) };
      const best = { graph: applyTuning(graph, tuned.tuning), table: tuned.table };
      await measure(real, network, { plain, best }, held, labels, result);
      result.steps.push(tuned.steps);
      process.stderr.write(`after part ${fold + 1} of ${parts}: ${summary(real.name, result)}\n`);
    }
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A picture of a photograph, or a photograph, and its class, if that is known. */
interface Picture {
  readonly path: string;
  readonly photograph: number;
  readonly label?: number | undefined;
}

/** @param folder for what is cut from photographs */
async function picturesFor(real: RealModel, folder: string): Promise<readonly Picture[]> {
  if (windowed.has(real.name)) {
    return (await cutFaceWindows(folder)).map(({ file, ...rest }) => ({ path: file, ...rest }));
  }
  const labels = await labelsOf(real);
  const paths = await picturesOf(real, most(real));
  return paths.map((path, photograph) => ({ path, photograph, label: labels?.get(basename(path)) }));
}

/** Large pictures take long. */
function most({ preprocessing: { crop } }: RealModel): number {
  return crop.width * crop.height > 60_000 ? fewestPictures : 200;
}

/** The input moved by some pixels, what leaves on one side coming in on the other, every second time mirrored. */
function varied({ shape, data }: Tensor, variant: number): Tensor {
  const [, , height, width] = shape;
  const [down, right] = [(variant * 3) % 11, (variant * 5) % 13];
  const moved = data.map((_, index) => {
    const column = index % width;
    const row = Math.floor(index / width) % height;
    const plane = index - column - row * width;
    const from = variant % 2 === 0 ? column : width - 1 - column;
    return data[plane + ((row + down) % height) * width + ((from + right) % width)];
  });
  return { shape, data: moved };
}

/** Adds what both sets of scales, and fp32, do on `held`. */
async function measure(
  real: RealModel,
  network: Network,
  contenders: Readonly<Record<'plain' | 'best', Contender>>,
  held: readonly string[],
  labels: ReadonlyMap<string, number>,
  result: ModelResult,
): Promise<void> {
  const tensors = await Promise.all(held.map(async (file) => npyToTensor(await readNpy(file))));
  const exact = await exactOutputs(network, tensors);
  const classOf = (index: number): number | undefined => labels.get(held[index]);
  count(result.fp32, exact, classOf);
  for (const name of ['plain', 'best'] as const) {
    const sum = result[name];
    const found = await int8Outputs(contenders[name], tensors);
    count(sum, found, classOf);
    const own = ownMeasures[real.name] ?? 'class';
    found.forEach((outputs, index) => (sum.likeness += likeness(own, exact[index], outputs, real.preprocessing)));
    sum.loss += held.length * (await lossOf(network, contenders[name], tensors));
    sum.pictures += held.length;
  }
}

function count(
  sum: Measured,
  outputs: readonly (readonly Float32Array[])[],
  classOf: (index: number) => number | undefined,
): void {
  outputs.forEach((values, index) => {
    const label = classOf(index);
    if (label === undefined) return;
    sum.labelled++;
    if (topClasses(values[values.length - 1], 1)[0] === label) sum.right++;
  });
}

async function exactOutputs(
  network: Network,
  tensors: readonly Tensor[],
): Promise<readonly (readonly Float32Array[])[]> {
  const session = await createForwardSession(network);
  try {
    const outputs: (readonly Float32Array[])[] = [];
    for (const tensor of tensors) {
      const results = await session.run(new Map([[network.inputs[0].name, tensor]]));
      outputs.push(network.outputs.map((id) => results.get(id)?.data ?? new Float32Array()));
    }
    return outputs;
  } finally {
    await session.close();
  }
}

async function int8Outputs(
  { graph, table }: Contender,
  tensors: readonly Tensor[],
): Promise<readonly (readonly Float32Array[])[]> {
  const runner = await agentRunner(availableParallelism(), signal);
  const { network } = quantizeNetwork(graph, table, 'int8');
  const outputs =
    runner === undefined
      ? executedOutputs(network)
      : await packageOutputs(encodeTrialPackage(network), graph.outputs.length, runner);
  try {
    return await outputs.run(tensors);
  } finally {
    await outputs.close();
  }
}

async function lossOf(network: Network, contender: Contender, tensors: readonly Tensor[]): Promise<number> {
  const runner = await agentRunner(availableParallelism(), signal);
  const judged = judgedOutputs(contender.graph, (id) => network.values.has(id));
  const session = await createForwardSession(network, { outputs: judged });
  try {
    const judge = await Judge.create(session, network.inputs[0].name, tensors, judged, { runner, signal });
    return (await judge.judge(contender)).loss;
  } finally {
    await session.close();
  }
}

async function labelsOf({ name, images }: RealModel): Promise<ReadonlyMap<string, number> | undefined> {
  const file = join(testData, 'labels', `${images}.csv`);
  if (!classes.has(images) || unlabelled.has(name) || !existsSync(file)) return undefined;
  return readLabels(file);
}

function summary(name: string, { fp32, plain, best, seconds }: ModelResult): string {
  const top = ({ right, labelled }: Measured): string => (labelled === 0 ? '-' : (100 * (right / labelled)).toFixed(1));
  const both = (read: (measured: Measured) => number, digits: number): string =>
    [plain, best].map((measured) => (read(measured) / measured.pictures).toFixed(digits)).join(' → ');
  const cells = [
    name,
    String(plain.pictures),
    ...[fp32, plain, best].map(top),
    `${ownMeasures[name] ?? 'class'} ${both((measured) => 100 * measured.likeness, 1)}`,
    both(({ loss }) => loss, 4),
    `${(seconds.reduce((sum, value) => sum + value, 0) / seconds.length).toFixed(0)} s`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What the search does, in its order, and which of its steps belong to that. */
const stages: readonly (readonly [string, RegExp])[] = [
  ['KL', /^KL$/],
  ['one method for all', /^thresholds by/],
  ['one for each blob', /^each blob/],
  ['thresholds between', /^thresholds between/],
  ['all 255 levels', /^all 255 levels/],
  ['equalisation', /^channels equalised/],
  ['cheap layers in float', / in float$/],
  ['joint search', /^threshold of/],
  ['biases', /^biases/],
  ['rounding', /^weights rounded/],
  ['all in int8 again', /^everything in int8/],
];

/** The loss on the deciding inputs after each stage, the mean over the folds; bold where it is another one than before. */
function stepLine(name: string, { steps }: ModelResult): string {
  let before = Infinity;
  const cells = stages.map(([, own], stage) => {
    const upTo = stages.slice(0, stage + 1);
    const last = steps.map(
      (list) => list.findLast(({ what, kept }) => kept && upTo.some(([, of]) => of.test(what)))?.loss ?? 0,
    );
    const loss = last.reduce((sum, value) => sum + value, 0) / steps.length;
    const won = steps.filter((list) => list.some(({ what, kept }) => kept && own.test(what))).length;
    const text = loss !== before ? `**${loss.toFixed(4)}**` : won === 0 ? '-' : loss.toFixed(4);
    before = loss;
    return text;
  });
  return `| ${name} | ${cells.join(' | ')} |`;
}

function detail(name: string, steps: readonly TuningStep[]): readonly string[] {
  return steps.map(({ what, loss, kept }) => `${name}: ${what}: ${loss.toFixed(4)}${kept ? ' kept' : ''}`);
}

function tell(name: string): (text: string) => void {
  return (text) => {
    process.stderr.write(`${name}: ${text}\n`);
  };
}

function empty(): Measured {
  return { right: 0, labelled: 0, likeness: 0, loss: 0, pictures: 0 };
}
