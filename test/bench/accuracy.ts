import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { calibrate } from '../../core/calibration/calibrate.ts';
import { foldTable } from '../../core/calibration/fold-table.ts';
import { calibrationTarget } from '../../core/calibration/network-target.ts';
import { applyTuning } from '../../core/calibration/tuning/apply.ts';
import { agentRunner } from '../../core/cli/local-runner.ts';
import { npyToTensor, readNpy, writeNpy } from '../../core/common/npy.ts';
import { readLabels } from '../../core/evaluation/labels.ts';
import type { Tensor } from '../../core/common/tensor.ts';
import { evaluate } from '../../core/evaluation/evaluate.ts';
import { optimise } from '../../core/graph/passes.ts';
import { createForwardSession } from '../../core/inference/onnx-session.ts';
import { withInputShapes } from '../../core/network/infer.ts';
import { lowerNetwork } from '../../core/network/lower.ts';
import type { Network } from '../../core/network/network.ts';
import { Judge, type Contender } from '../../core/tuning/judge.ts';
import { judgedOutputs } from '../../core/tuning/judged-outputs.ts';
import type { TuningStep } from '../../core/tuning/search.ts';
import { tune } from '../../core/tuning/tune.ts';
import { loadModel } from '../support/int8-model.ts';
import { hasTestData, testData } from '../support/paths.ts';
import { inputOf, picturesOf, realModels, type RealModel } from '../support/real-models.ts';

/** How one set of scales did on pictures that it was not made from. */
interface Measured {
  /** Right answers among the pictures with a class. */
  right: number;
  labelled: number;
  agreement: number;
  loss: number;
  pictures: number;
}

interface ModelResult {
  readonly fp32: Measured;
  readonly plain: Measured;
  readonly best: Measured;
  readonly steps: readonly (readonly TuningStep[])[];
  readonly keptFloat: readonly (readonly string[])[];
}

const classes = new Set(['imagenet', 'cifar10', 'mnist']);
/** Whose pictures show what its labels do not say. */
const unlabelled = new Set(['hyperlpr_chars']);
const folds = 2;
/** Inputs that a model is measured on at the least; where pictures are fewer, they are shifted and mirrored. */
const fewest = 32;
const signal = new AbortController().signal;

/**
 * Accuracy of every model of the test data (or of those named), in fp32, with the scales of KL and with --best-accuracy.
 * Pictures are halved; scales that were made from one half are measured on the other, both ways.
 */
export async function benchAccuracy(names: readonly string[]): Promise<void> {
  if (!hasTestData) {
    process.stderr.write('The test data is not there: set CORTADO_TEST_DATA.\n');
    process.exitCode = 1;
    return;
  }
  const steps: string[] = [];
  process.stdout.write('| model | pictures | fp32 | KL | best accuracy | agreement | loss |\n');
  process.stdout.write('| --- | --- | --- | --- | --- | --- | --- |\n');
  for (const real of realModels.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const result = await measureModel(real);
    process.stdout.write(`${summary(real.name, result)}\n`);
    steps.push(...stepLines(real.name, result));
  }
  process.stdout.write(`\n${steps.join('\n')}\n`);
}

async function measureModel(real: RealModel): Promise<ModelResult> {
  const folder = await mkdtemp(join(tmpdir(), 'cortado-accuracy-'));
  try {
    const loaded = await loadModel(real.name);
    const shape = [1, ...loaded.inputs[0].shape.slice(1)];
    const network = withInputShapes(loaded, new Map([[loaded.inputs[0].name, shape]]));
    const files: { readonly file: string; readonly fold: number }[] = [];
    const pictures = await picturesOf(real, most(real));
    for (const [index, picture] of pictures.entries()) {
      const input = await inputOf(real, picture, shape);
      for (let variant = 0; variant < Math.ceil(fewest / pictures.length); variant++) {
        const file = join(folder, `${variant === 0 ? '' : `${variant}-`}${basename(picture)}.npy`);
        await writeNpy(file, varied(input, variant));
        files.push({ file, fold: index % folds });
      }
    }
    const labels = await labelsOf(real);
    const result = {
      fp32: empty(),
      plain: empty(),
      best: empty(),
      steps: [] as TuningStep[][],
      keptFloat: [] as string[][],
    };
    const runner = await agentRunner(availableParallelism(), signal);
    for (let fold = 0; fold < folds; fold++) {
      const inputs = files.filter((one) => one.fold !== fold).map(({ file }) => file);
      const held = files.filter((one) => one.fold === fold).map(({ file }) => file);
      const graph = optimise(lowerNetwork(network));
      const { table } = await calibrate({ network, inputs, format: 'ncnn' });
      const tuned = await tune({ network, inputs, preprocessing: undefined, runner, onProgress: tell(real.name) });
      const plain = { graph, table: foldTable(table, calibrationTarget(network)) };
      const best = { graph: applyTuning(graph, tuned.tuning), table: tuned.table };
      await measure(network, plain, held, labels, result.plain, result.fp32);
      await measure(network, best, held, labels, result.best);
      result.steps.push([...tuned.steps]);
      result.keptFloat.push([...tuned.keptFloat]);
    }
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Large pictures take long. */
function most({ preprocessing: { crop } }: RealModel): number {
  return crop.width * crop.height > 100_000 ? 16 : 200;
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

/** Adds what a set of scales does on `held` to `sum`, and what fp32 does to `exact`. */
async function measure(
  network: Network,
  contender: Contender,
  held: readonly string[],
  labels: ReadonlyMap<string, number> | undefined,
  sum: Measured,
  exact?: Measured,
): Promise<void> {
  const runner = await agentRunner(availableParallelism(), signal);
  const judged = judgedOutputs(contender.graph, (id) => network.values.has(id));
  const session = await createForwardSession(network, { outputs: judged });
  try {
    const tensors = await Promise.all(held.map(async (file) => npyToTensor(await readNpy(file))));
    const judge = await Judge.create(session, network.inputs[0].name, tensors, judged, { runner, signal });
    const { loss, agreement } = await judge.judge(contender);
    sum.loss += loss * held.length;
    sum.agreement += agreement * held.length;
    sum.pictures += held.length;
  } finally {
    await session.close();
  }
  if (labels === undefined) return;
  const found = await evaluate({ network, ...contender, inputs: held, labels, runner, layerInputs: 0 });
  sum.right += (found.int8?.top1 ?? 0) * found.labelled;
  sum.labelled += found.labelled;
  if (exact === undefined) return;
  exact.right += (found.fp32?.top1 ?? 0) * found.labelled;
  exact.labelled += found.labelled;
}

async function labelsOf({ name, images }: RealModel): Promise<ReadonlyMap<string, number> | undefined> {
  const file = join(testData, 'labels', `${images}.csv`);
  if (!classes.has(images) || unlabelled.has(name) || !existsSync(file)) return undefined;
  return new Map([...(await readLabels(file))].map(([picture, label]) => [`${picture}.npy`, label]));
}

function summary(name: string, { fp32, plain, best }: ModelResult): string {
  const top = ({ right, labelled }: Measured): string => (labelled === 0 ? '-' : (100 * (right / labelled)).toFixed(1));
  const both = (read: (measured: Measured) => number, digits: number): string =>
    [plain, best].map((measured) => (read(measured) / measured.pictures).toFixed(digits)).join(' → ');
  const cells = [
    name,
    String(plain.pictures),
    ...[fp32, plain, best].map(top),
    both(({ agreement }) => 100 * agreement, 1),
    both(({ loss }) => loss, 4),
  ];
  return `| ${cells.join(' | ')} |`;
}

function stepLines(name: string, { steps, keptFloat }: ModelResult): readonly string[] {
  return steps.flatMap((list, fold) => [
    '',
    `${name}, scales from half ${fold + 1}${keptFloat[fold].length === 0 ? '' : `; in float: ${keptFloat[fold].join(', ')}`}`,
    '',
    '| step | loss | agreement | kept |',
    '| --- | --- | --- | --- |',
    ...list.map(
      ({ what, loss, agreement, kept }) =>
        `| ${what} | ${loss.toFixed(4)} | ${(100 * agreement).toFixed(1)} % | ${kept ? 'yes' : 'no'} |`,
    ),
  ]);
}

function tell(name: string): (progress: { readonly detail?: string }) => void {
  return ({ detail }) => {
    if (detail !== undefined) process.stderr.write(`${name}: ${detail}\n`);
  };
}

function empty(): Measured {
  return { right: 0, labelled: 0, agreement: 0, loss: 0, pictures: 0 };
}
