import { readSamples } from '../calibration/samples.ts';
import { CortadoError } from '../common/errors.ts';
import type { LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import type { PackageRunner } from '../evaluation/int8-outputs.ts';
import { optimise } from '../graph/passes.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import { createForwardSession } from '../inference/onnx-session.ts';
import { lowerNetwork } from '../network/lower.ts';
import type { Network } from '../network/network.ts';
import { onlyInput } from '../network/only-input.ts';
import { convolutionsOf, methodThresholds } from './candidates.ts';
import { exactStatistics } from './exact-statistics.ts';
import { Judge } from './judge.ts';
import { judgedOutputs } from './judged-outputs.ts';
import { CandidateMaker, mendingInputs } from './recipe.ts';
import { Search, type TuningResult } from './search.ts';

export interface TuningRequest extends LongCall {
  /** With its weights, for one input at a time. */
  readonly network: Network;
  readonly inputs: readonly string[];
  readonly preprocessing: Preprocessing | undefined;
  /** Runs packages; in TypeScript where absent. */
  readonly runner?: PackageRunner | undefined;
  /** The share of the network's multiplications that may run in float; `usualFloatShare` where absent, 0 for none. */
  readonly floatShare?: number | undefined;
}

/** Enough for some depthwise layers, which int8 hurts most. */
export const usualFloatShare = 0.08;

/** Most inputs that are held in memory for calibration, and most that candidates are compared on. */
const most = 64;
const fewest = 4;

/**
 * Looks for the most accurate int8 network: the method, equalisation of channels, weights and biases mended layer by layer,
 * cheap layers in float. Half of the inputs calibrate, the other half decides: a step is kept where it brings the outputs
 * closer to fp32 (`outputLoss`) by more than chance. Labels are not needed.
 *
 * Errors: `tuning.few-inputs`, those of calibration and of building.
 */
export async function tune(request: TuningRequest): Promise<TuningResult> {
  const { network, inputs, signal, runner } = request;
  const name = onlyInput(network).name;
  const graph = optimise(lowerNetwork(network));
  const half = (rest: number): readonly string[] => inputs.filter((_, index) => index % 2 === rest).slice(0, most);
  if (half(1).length < fewest) throw fewInputs(inputs.length);
  const learning = await readTensors(half(0), request);
  const deciding = await readTensors(half(1), request);
  const read = [...new Set(convolutionsOf(graph).map(({ inputs: [id] }) => id))];
  const judged = judgedOutputs(graph, (id) => network.values.has(id));
  const probes = read.filter((id) => network.values.has(id) && id !== name);
  const session = await createForwardSession(network, { outputs: probes, threads: 1 });
  const judging = await createForwardSession(network, { outputs: judged, threads: 1 });
  try {
    const judge = await Judge.create(judging, name, deciding, judged, { runner, signal });
    // Means that are compared have to be of the same inputs.
    const mending = learning.slice(0, mendingInputs(graph));
    const statistics = await exactStatistics(graph, session, name, learning, mending.length, request);
    const byMethod = await methodThresholds(graph, session, name, learning, request);
    const maker = new CandidateMaker(graph, byMethod, statistics, mending);
    const search = new Search(
      graph,
      (recipe, call) => maker.make(recipe, call),
      (candidate) => judge.judge(candidate),
      request,
    );
    return await search.run(request.floatShare ?? usualFloatShare);
  } finally {
    await Promise.all([session.close(), judging.close()]);
  }
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
  if (tensors.length < fewest) throw fewInputs(tensors.length);
  return tensors;
}

function fewInputs(count: number): CortadoError {
  return new CortadoError(
    'tuning.few-inputs',
    `There are ${count} inputs; half of them calibrate and the others decide, which takes ${2 * fewest} at least.`,
    'Give more pictures: some hundreds are right.',
  );
}
