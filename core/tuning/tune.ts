import type { FineHistogram } from '../calibration/fine-histogram.ts';
import { readSamples } from '../calibration/samples.ts';
import type { ScaleTable } from '../calibration/table.ts';
import { applyCorrections, applyFactors, type ChannelFactors } from '../calibration/tuning/apply.ts';
import type { LayerTuning, Tuning } from '../calibration/tuning/tuning.ts';
import { CortadoError } from '../common/errors.ts';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import type { PackageRunner } from '../evaluation/int8-outputs.ts';
import type { Graph } from '../graph/graph.ts';
import { optimise } from '../graph/passes.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import { createForwardSession } from '../inference/onnx-session.ts';
import type { ForwardSession } from '../inference/session.ts';
import { lowerNetwork } from '../network/lower.ts';
import type { Network } from '../network/network.ts';
import { onlyInput } from '../network/only-input.ts';
import { convolutionsOf, inputHistograms, tableOf, triedMethods, type TriedMethod } from './candidates.ts';
import { channelStatistics } from './channel-statistics.ts';
import { equalisationFactors } from './equalise.ts';
import { measuredCorrections } from './measured-corrections.ts';

export interface TuningRequest extends LongCall {
  /** With its weights, for one input at a time. */
  readonly network: Network;
  readonly inputs: readonly string[];
  readonly preprocessing: Preprocessing | undefined;
  /** Runs packages; in TypeScript where absent. */
  readonly runner?: PackageRunner | undefined;
}

/** One thing that was tried, measured on inputs that calibration did not see. */
export interface TuningStep {
  readonly what: string;
  /** Of the network's outputs, in dB. */
  readonly sqnr: number;
  /** Of the classes from fp32's, in nats; absent where the network's output is no distribution. */
  readonly divergence?: number | undefined;
  /** How often the first class is that of fp32. */
  readonly agreement: number;
  readonly kept: boolean;
}

export interface TuningResult {
  readonly table: ScaleTable;
  readonly tuning: Tuning;
  readonly steps: readonly TuningStep[];
}

/** How a candidate is made. */
interface Recipe {
  /** The share of `equalisationFactors`; undefined: none. */
  readonly share: number | undefined;
  readonly method: TriedMethod;
  /** Thresholds are multiplied by this. */
  readonly reach: number;
  readonly correctsBias: boolean;
}

interface Candidate {
  readonly graph: Graph;
  readonly table: ScaleTable;
  readonly tuning: Tuning;
}

/** Most inputs that are held in memory for calibration, and most that candidates are compared on. */
const most = 64;
const fewest = 4;

/**
 * Looks for the most accurate int8 network: cross-layer equalisation, bias correction, the method, and how far thresholds
 * reach. Half of the inputs calibrate, the other half decides: a step is kept where it brings the outputs closer to fp32
 * (divergence of the classes, or signal to noise of outputs that are no classes; labels are not needed).
 *
 * Errors: `tuning.few-inputs`, those of calibration and of building.
 */
export async function tune(request: TuningRequest): Promise<TuningResult> {
  const { network, inputs, signal } = request;
  const name = onlyInput(network).name;
  const graph = optimise(lowerNetwork(network));
  const fits = (rest: number): readonly string[] => inputs.filter((_, index) => index % 2 === rest).slice(0, most);
  const [learning, deciding] = [fits(0), fits(1)];
  if (deciding.length < fewest) throw fewInputs(inputs.length);
  const ids = convolutionsOf(graph).map(({ inputs: [id] }) => id);
  const outputs = [...new Set(ids)].filter((id) => network.values.has(id) && id !== name);
  const session = await createForwardSession(network, { outputs, threads: 1 });
  const meter = new ProgressMeter('tuning', plannedTrials, 'trials', request.onProgress);
  const steps: TuningStep[] = [];
  try {
    const tensors = await readTensors(learning, request);
    const statistics = await channelStatistics(session, name, tensors, { signal });
    const maker = new CandidateMaker(graph, session, name, tensors, (share) =>
      share === undefined ? new Map() : equalisationFactors(graph, statistics, share),
    );
    let best: { readonly recipe: Recipe; readonly candidate: Candidate; readonly loss: number } | undefined;
    const attempt = async (what: string, change: Partial<Recipe>): Promise<void> => {
      signal?.throwIfAborted();
      const recipe = { ...(best?.recipe ?? plain), ...change };
      const candidate = await maker.make(recipe);
      const result = await evaluate({
        ...request,
        ...candidate,
        inputs: deciding,
        layerInputs: 0,
        onProgress: undefined,
      });
      const { sqnr } = result.outputs;
      const loss = result.divergence ?? -sqnr;
      const kept = best === undefined || loss < best.loss;
      if (kept) best = { recipe, candidate, loss };
      steps.push({ what, sqnr, divergence: result.divergence, agreement: result.agreement.top1, kept });
      meter.report(steps.length, `${what}: ${loss.toFixed(3)}, ${result.agreement.top1.toFixed(3)}`);
    };
    for (const [what, change] of trials) await attempt(what, change);
    if (best === undefined) throw new Error('nothing was tried');
    const { table, tuning } = best.candidate;
    return { table, tuning, steps };
  } finally {
    await session.close();
  }
}

const plain: Recipe = { share: undefined, method: 'kl', reach: 1, correctsBias: false };

/** In this order, each on top of what was kept before. */
const trials: readonly (readonly [string, Partial<Recipe>])[] = [
  ['KL', {}],
  ['equalisation, half of it by weights', { share: 0.5 }],
  ['equalisation, a quarter of it by weights', { share: 0.75 }],
  ['equalisation of blobs alone', { share: 1 }],
  ['bias correction', { correctsBias: true }],
  ['equalisation of blobs alone with bias correction', { share: 1, correctsBias: true }],
  ...Object.keys(triedMethods)
    .filter((method) => method !== plain.method)
    .map((method) => [`thresholds by ${method}`, { method: method as TriedMethod }] as const),
  ['thresholds times 0.7', { reach: 0.7 }],
  ['thresholds times 0.85', { reach: 0.85 }],
  ['thresholds times 1.2', { reach: 1.2 }],
];
const plannedTrials = trials.length;

class CandidateMaker {
  private readonly histograms = new Map<number | undefined, ReadonlyMap<string, FineHistogram>>();

  constructor(
    private readonly graph: Graph,
    private readonly session: ForwardSession,
    private readonly inputName: string,
    private readonly tensors: readonly Tensor[],
    private readonly factorsOf: (share: number | undefined) => ChannelFactors,
  ) {}

  async make({ share, method, reach, correctsBias }: Recipe): Promise<Candidate> {
    const { session, inputName, tensors } = this;
    const factors = this.factorsOf(share);
    const equalised = applyFactors(this.graph, factors);
    const histograms =
      this.histograms.get(share) ?? (await inputHistograms(equalised, factors, session, inputName, tensors));
    this.histograms.set(share, histograms);
    const table = withReach(
      tableOf(equalised, histograms, () => method),
      reach,
    );
    const corrections = correctsBias
      ? await measuredCorrections({ graph: equalised, table, factors, session, inputName, inputs: tensors })
      : new Map<string, Float64Array>();
    return {
      graph: applyCorrections(equalised, corrections),
      table,
      tuning: tuningOf(this.graph, factors, corrections),
    };
  }
}

function withReach(table: ScaleTable, reach: number): ScaleTable {
  const activations = new Map(
    [...table.activations].map(([layer, scales]) => [layer, scales.map((s) => Math.fround(s / reach))]),
  );
  return { ...table, activations };
}

function tuningOf(graph: Graph, factors: ChannelFactors, corrections: ReadonlyMap<string, Float64Array>): Tuning {
  const tuning = new Map<string, LayerTuning>();
  for (const { layer, output } of convolutionsOf(graph)) {
    const [divide, addToBias] = [factors.get(output), corrections.get(layer)];
    if (divide === undefined && addToBias === undefined) continue;
    tuning.set(layer, {
      ...(divide === undefined ? {} : { divide: [...divide] }),
      ...(addToBias === undefined ? {} : { addToBias: [...addToBias] }),
    });
  }
  return tuning;
}

async function readTensors(paths: readonly string[], request: TuningRequest): Promise<readonly Tensor[]> {
  const shape = onlyInput(request.network).shape;
  const tensors: Tensor[] = [];
  const source = {
    paths,
    shape,
    preprocessing: request.preprocessing,
    signal: request.signal,
    onSkip: () => undefined,
  };
  for await (const sample of readSamples(source)) tensors.push(...sample.tensors);
  if (tensors.length === 0) throw fewInputs(0);
  return tensors;
}

function fewInputs(count: number): CortadoError {
  return new CortadoError(
    'tuning.few-inputs',
    `There are ${count} inputs; half of them calibrate and the others decide, which takes ${2 * fewest} at least.`,
    'Give more pictures: some hundreds are right.',
  );
}
