import { requireFiniteWeights, tooFewInputsError } from '../calibration/guards.ts';
import { readSamples, type SkippedFile } from '../calibration/samples.ts';
import { CortadoError } from '../common/errors.ts';
import { ProgressMeter } from '../common/progress.ts';
import type { PackageRunner } from '../evaluation/int8-outputs.ts';
import type { Tensor } from '../common/tensor.ts';
import type { Graph, ValueId } from '../graph/graph.ts';
import { optimise } from '../graph/passes.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import { createForwardSession } from '../inference/onnx-session.ts';
import { lowerNetwork } from '../network/lower.ts';
import type { Network } from '../network/network.ts';
import { onlyInput } from '../network/only-input.ts';
import { blobOptions } from './blob-options.ts';
import { convolutionsOf, methodThresholds, multiplications, readValues, type NamedInput } from './candidates.ts';
import { channelThresholds } from './channel-thresholds.ts';
import { Judge } from './judge.ts';
import { judgedOutputs, measuredOutputs } from './judged-outputs.ts';
import { CandidateMaker } from './recipe.ts';
import { Search, type SearchCall, type TuningResult } from './search.ts';

export interface TuningRequest extends SearchCall {
  /** With its weights, for one input at a time. */
  readonly network: Network;
  readonly inputs: readonly string[];
  readonly preprocessing: Preprocessing | undefined;
  /** Runs packages; in TypeScript where absent. */
  readonly runner?: PackageRunner | undefined;
  /** The share of the network's multiplications that may run in float; `usualFloatShare` where absent, 0 for none. */
  readonly floatShare?: number | undefined;
}

/** Enough for some depthwise layers, or for what reads one squeezed blob: such are what int8 hurts most. */
export const usualFloatShare = 0.1;

/** What was found, and of which inputs. */
export interface TunedNetwork extends TuningResult {
  /** Files that could not be read. */
  readonly skipped: readonly SkippedFile[];
  /** What a user should know. */
  readonly notes: readonly string[];
}

const fewest = 4;
/** With fewer inputs than this a search may choose what suits them alone (docs/accuracy.md). */
const enough = 50;

/** How many inputs a part of the work takes: as many as their multiplications allow, within bounds. */
interface Share {
  readonly least: number;
  readonly most: number;
  readonly multiplications: number;
}

/** Those that are held in memory for calibration, and those that candidates are compared on. */
const half: Share = { least: 12, most: 100, multiplications: 2.5e10 };
/** Those that blobs are measured on. */
const measured: Share = { least: 4, most: 16, multiplications: 3.2e9 };
/** Those that layers are mended on. */
const mended: Share = { least: 8, most: 100, multiplications: 8e9 };

/**
 * Looks for the most accurate int8 network: the method, for all blobs and for each by what it costs the outputs; all
 * levels for ReLUs; equalisation of channels; cheap layers in float; weights and biases mended layer by layer. Thresholds
 * are those of all inputs; weights and biases are made from half of them, and the other half decides: a step is kept where it
 * brings the outputs closer to fp32 (`outputLoss`). Labels are not needed.
 *
 * Errors: `tuning.few-inputs`, those of calibration (`calibration.*`) and of building.
 */
export async function tune(request: TuningRequest): Promise<TunedNetwork> {
  const { network, inputs, signal, runner } = request;
  const name = onlyInput(network).name;
  const graph = optimise(lowerNetwork(network));
  const some = <T>(list: readonly T[], share: Share): readonly T[] => evenly(list, countOf(graph, share));
  const every = (rest: number): readonly string[] =>
    some(
      inputs.filter((_, index) => index % 2 === rest),
      half,
    );
  if (every(1).length < fewest) throw fewInputs(inputs.length);
  for (const { layer, weights } of convolutionsOf(graph))
    requireFiniteWeights(layer, { data: weights, folded: weights });
  const skipped: SkippedFile[] = [];
  const [first, second] = [await readInputs(every(0), request, skipped), await readInputs(every(1), request, skipped)];
  if (skipped.length > first.length + second.length) {
    throw tooFewInputsError(first.length + second.length, skipped);
  }
  const used = first.length + second.length;
  const notes =
    used < enough
      ? [`Only ${used} inputs were used: what is best for them may not be for others. Give some hundreds.`]
      : [];
  const [learning, deciding] = [first, second].map((list) => list.map(({ tensor }) => tensor));
  const read = [...new Set(readValues(graph).values())];
  const judged = judgedOutputs(graph, (id) => network.values.has(id));
  const probes = read.filter((id) => network.values.has(id) && id !== name);
  const session = await createForwardSession(network, { outputs: probes, threads: 1 });
  const judging = await createForwardSession(network, { outputs: judged, threads: 1 });
  const results = convolutionsOf(graph).flatMap(({ output }) => (network.values.has(output) ? [output] : []));
  const resulting = await createForwardSession(network, { outputs: results, threads: 1 });
  try {
    const judge = await Judge.create(judging, name, deciding, judged, {
      ...{ runner, signal, onProgress: request.onProgress },
    });
    const all = [...learning, ...deciding];
    const channels = await channelThresholds(graph, session, name, all, request);
    const byMethod = await methodThresholds(graph, session, name, [...first, ...second], request);
    const options = await blobOptions({
      ...{ network, graph, byMethod, channels },
      outputs: measuredOutputs(graph, judged, (id) => network.values.has(id)),
      inputs: some(learning, measured),
      ...{ signal, onProgress: request.onProgress },
    });
    const maker = new CandidateMaker(graph, {
      ...{ byMethod, channels, options },
      mending: some(learning, mended),
      exactResults: async (input) => dataOf(await resulting.run(new Map([[name, input]]))),
    });
    const search = new Search(graph, maker, (candidate, options) => judge.judge(candidate, options), request);
    return { ...(await search.run(request.floatShare ?? usualFloatShare)), skipped, notes };
  } finally {
    await Promise.all([session.close(), judging.close(), resulting.close()]);
  }
}

function dataOf(results: ReadonlyMap<ValueId, Tensor>): ReadonlyMap<ValueId, Float32Array> {
  return new Map([...results].map(([id, { data }]) => [id, data] as const));
}

function countOf(graph: Graph, { least, most, multiplications: affordable }: Share): number {
  const perInput = [...multiplications(graph).values()].reduce((sum, cost) => sum + cost, 0);
  return Math.min(most, Math.max(least, Math.floor(affordable / perInput)));
}

/** Lists are often sorted by class: those that are taken are spread over the whole. */
function evenly<T>(list: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, list.length / count);
  return list.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

async function readInputs(
  paths: readonly string[],
  request: TuningRequest,
  skipped: SkippedFile[],
): Promise<readonly NamedInput[]> {
  const shape = onlyInput(request.network).shape;
  const found: NamedInput[] = [];
  const source = {
    paths,
    shape,
    preprocessing: request.preprocessing,
    signal: request.signal,
    onSkip: (file: SkippedFile) => void skipped.push(file),
  };
  const meter = new ProgressMeter('reading pictures', paths.length, 'inputs', request.onProgress);
  let done = 0;
  for await (const { path, tensors } of readSamples(source)) {
    meter.report(++done, path);
    found.push(...tensors.map((tensor) => ({ path, tensor })));
  }
  if (found.length < fewest) {
    throw skipped.length > found.length ? tooFewInputsError(found.length, skipped) : fewInputs(found.length);
  }
  return found;
}

function fewInputs(count: number): CortadoError {
  return new CortadoError(
    'tuning.few-inputs',
    `There are ${count} inputs; half of them calibrate and the others decide, which takes ${2 * fewest} at least.`,
    'Give more pictures: some hundreds are right.',
  );
}
