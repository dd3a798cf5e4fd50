import { basename } from 'node:path';
import { encodeForEvaluation } from './package.ts';
import { readSamples, type SkippedFile } from '../calibration/samples.ts';
import type { ScaleTable } from '../calibration/table.ts';
import { CortadoError } from '../common/errors.ts';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import { createForwardSession } from '../inference/onnx-session.ts';
import type { Network } from '../network/network.ts';
import { onlyInput } from '../network/only-input.ts';
import type { PackageRunner } from './int8-outputs.ts';
import { LayerErrors, type LayerError } from './layer-errors.ts';
import { ClosenessSum, TopCounter, classDivergence, topClasses, type Closeness, type Shares } from './scores.ts';

export interface EvaluationRequest extends LongCall {
  /** What fp32 is: as the files have it, for one input at a time. */
  readonly network: Network;
  /** What int8 is made of: the network's optimised graph, with the weights that `table` is for. */
  readonly graph: Graph;
  readonly table: ScaleTable;
  /** Layers of the int8 network that run in float. */
  readonly keepFloat?: ReadonlySet<string> | undefined;
  /** By value: what the graph divides its channels by (`boardGraph`). */
  readonly divisors?: ReadonlyMap<string, readonly number[]> | undefined;
  /** By value that a layer writes: what the graph takes from it after that. */
  readonly offsets?: ReadonlyMap<string, number> | undefined;
  readonly inputs: readonly string[];
  readonly preprocessing?: Preprocessing | undefined;
  /** Class by file name. */
  readonly labels?: ReadonlyMap<string, number> | undefined;
  /** Runs packages; in TypeScript where absent. */
  readonly runner?: PackageRunner | undefined;
  /** Is told the outputs of every input, in the order of the inputs. */
  readonly onAnswers?: ((answers: Answers) => void) | undefined;
  /** Inputs that the errors by layer are measured on; 0 leaves them out. */
  readonly layerInputs?: number;
}

/** What both networks make of one input: by output, in the network's order. */
export interface Answers {
  readonly path: string;
  readonly fp32: readonly Float32Array[];
  readonly int8: readonly Float32Array[];
}

export interface Evaluation {
  /** Absent without labels. */
  readonly fp32?: Shares;
  readonly int8?: Shares;
  /** How often fp32's first class is int8's first, and among its first five. */
  readonly agreement: Shares;
  /** Of the network's outputs. */
  readonly outputs: Closeness;
  /** Of int8's classes from fp32's, in nats, the mean over the inputs; absent where the first output is no distribution. */
  readonly divergence?: number;
  /** The worst first. */
  readonly layers: readonly LayerError[];
  readonly used: number;
  readonly labelled: number;
  readonly skipped: readonly SkippedFile[];
}

/** Inputs that are run at a time: what bounds memory, the disk, and the time without a sign of progress. */
const batch = { byRunner: 25, inTypeScript: 1 } as const;
const usualLayerInputs = 4;

/**
 * Compares a network in int8 with itself in fp32 on inputs. int8 is run as a package, so in the integer arithmetic of
 * boards. Errors: those of building, `evaluation.no-input`, `evaluation.no-labels`.
 */
export async function evaluate(request: EvaluationRequest): Promise<Evaluation> {
  const { network, inputs, labels, signal } = request;
  const input = onlyInput(network);
  const meter = new ProgressMeter('evaluating', inputs.length, 'inputs', request.onProgress);
  meter.report(0);
  const layerErrors = new LayerErrors(request);
  const probed = request.layerInputs ?? usualLayerInputs;
  const names = network.outputs;
  const exactNames = probed === 0 ? [] : layerErrors.values.filter((id) => network.values.has(id));
  const int8 = await encodeForEvaluation(request);
  const session = await createForwardSession(network, { outputs: names, threads: 1 });
  const probe =
    exactNames.length === 0 ? undefined : await createForwardSession(network, { outputs: exactNames, threads: 1 });
  const counters = { fp32: new TopCounter(), int8: new TopCounter(), agreement: new TopCounter() };
  const outputs = new ClosenessSum();
  const skipped: SkippedFile[] = [];
  const atATime = request.runner === undefined ? batch.inTypeScript : batch.byRunner;
  const divergence = { sum: 0, applies: true };
  let used = 0;
  let labelled = 0;
  let waiting: { readonly path: string; readonly tensor: Tensor }[] = [];

  const runWaiting = async (): Promise<void> => {
    if (waiting.length === 0) return;
    // The package runs in a process of its own while this one forwards.
    const before = used + skipped.length - waiting.length;
    let answered = 0;
    const running = int8.run(
      waiting.map(({ tensor }) => tensor),
      (done) => {
        answered = done;
        meter.report(before + answered);
      },
    );
    running.catch(() => undefined);
    const exact: (readonly Float32Array[])[] = [];
    for (const { path, tensor } of waiting) {
      signal?.throwIfAborted();
      const results = await session.run(new Map([[input.name, tensor]]));
      exact.push(names.map((name) => results.get(name)?.data ?? new Float32Array()));
      meter.report(before + answered, path);
    }
    (await running).forEach((found, index) => {
      const wanted = exact[index];
      request.onAnswers?.({ path: waiting[index].path, fp32: wanted, int8: found });
      wanted.forEach((values, output) => {
        outputs.add(values, (i) => found[output][i]);
      });
      const own = classDivergence(wanted[0], found[0]);
      if (own === undefined) divergence.applies = false;
      else divergence.sum += own;
      const tops = { fp32: topClasses(wanted[0], 5), int8: topClasses(found[0], 5) };
      counters.agreement.add(tops.fp32[0], tops.int8);
      const label = labels?.get(basename(waiting[index].path));
      if (label === undefined) return;
      labelled++;
      counters.fp32.add(label, tops.fp32);
      counters.int8.add(label, tops.int8);
    });
    meter.report(used + skipped.length);
    waiting = [];
  };

  try {
    const shape = [1, ...input.shape.slice(1)];
    const onSkip = (file: SkippedFile): void => void skipped.push(file);
    const source = { paths: inputs, shape, preprocessing: request.preprocessing, signal, onSkip };
    for await (const { path, tensors } of readSamples(source)) {
      for (const tensor of tensors) {
        if (used < probed && probe !== undefined)
          await layerErrors.add(tensor, await exactValues(probe, input.name, tensor), (layer) => {
            meter.report(used + skipped.length - waiting.length, layer);
          });
        waiting.push({ path, tensor });
        used++;
        meter.report(used + skipped.length - waiting.length, path);
        if (waiting.length === atATime) await runWaiting();
      }
    }
    await runWaiting();
  } finally {
    await Promise.all([session.close(), probe?.close(), int8.close()]);
  }
  if (used === 0) throw noInput(skipped);
  if (labels !== undefined && labelled === 0) throw noLabels(inputs[0]);
  const [fp32, low] = [counters.fp32.shares(), counters.int8.shares()];
  return {
    ...(fp32 === undefined || low === undefined ? {} : { fp32, int8: low }),
    agreement: counters.agreement.shares() ?? { top1: 0, top5: 0 },
    outputs: outputs.closeness(),
    ...(divergence.applies ? { divergence: divergence.sum / used } : {}),
    layers: probed === 0 ? [] : layerErrors.results(),
    used,
    labelled,
    skipped,
  };
}

async function exactValues(
  session: Awaited<ReturnType<typeof createForwardSession>>,
  name: string,
  tensor: Tensor,
): Promise<ReadonlyMap<string, Float32Array>> {
  const results = await session.run(new Map([[name, tensor]]));
  return new Map([...results].map(([id, { data }]) => [id, data]));
}

function noInput(skipped: readonly SkippedFile[]): CortadoError {
  return new CortadoError(
    'evaluation.no-input',
    'There is no input to evaluate with.',
    skipped.length === 0 ? 'Give a folder of pictures.' : `The first that could not be read is ${skipped[0].path}.`,
  );
}

function noLabels(first: string): CortadoError {
  return new CortadoError(
    'evaluation.no-labels',
    `None of the pictures has a class in the label file; the first is ${basename(first)}.`,
    'Write file names without folders in the first column, as the pictures have them.',
  );
}
