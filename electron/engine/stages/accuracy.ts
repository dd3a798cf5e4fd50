import { availableParallelism } from 'node:os';
import { boardGraph } from '../../../core/quantization/board-graph.ts';
import { localPackageRunner } from '../../../core/deploy/agent/package-runner.ts';
import { evaluate, type Evaluation } from '../../../core/evaluation/evaluate.ts';
import type { Closeness } from '../../../core/evaluation/scores.ts';
import { probabilities } from '../../../core/evidence/sureness.ts';
import type { Graph } from '../../../core/graph/graph.ts';
import { isTensorFile } from '../../../core/images/list-images.ts';
import { withInputShapes } from '../../../core/network/infer.ts';
import type { Network } from '../../../core/network/network.ts';
import type { AccuracyView } from '../../shared/schemas/results.ts';
import { undecided } from '../project-session.ts';
import type { Stage } from '../stage-context.ts';
import { Tally } from '../tally.ts';

/** Where nothing else is said: what takes some minutes for a network of a billion operations without an agent. */
const USUAL_PICTURES = 50;
/** From these errors on, relative to the blob's root mean square, a layer is worth keeping in float: its own, and all up to it. */
const LARGE_ALONE = 0.1;
const LARGE_ACCUMULATED = 0.25;

/** Runs the network in fp32 and as int8 on the same pictures, on this computer, and counts where they part. */
export const accuracy: Stage = async ({ session, signal, onProgress, warn }): Promise<AccuracyView> => {
  const { pictures, keepInFloat } = session.project.decisions.accuracy;
  const images = (await session.images()).slice(0, pictures ?? USUAL_PICTURES);
  if (images.length === 0) throw undecided('pictures', 'images');
  if (images.some(isTensorFile)) throw undecided('pictures (accuracy is not measured on tensors)', 'images');
  const loaded = await session.network();
  const shapes = loaded.inputs.map(({ name, shape }) => [name, [1, ...shape.slice(1)]] as const);
  const network = withInputShapes(loaded, new Map(shapes));
  const { file, format } = await session.scales();
  const board = await boardGraph(network, file, format, new Set(keepInFloat));
  const tally = new Tally(await session.labels());
  const indices = new Map(images.map((path, index) => [path, index]));
  const classifies = isClassifier(network);
  const result = await evaluate({
    network,
    ...board,
    inputs: images,
    preprocessing: await session.preprocessingValue(images),
    runner: await localPackageRunner(session.agentFor, availableParallelism(), signal),
    onAnswers: ({ path, fp32, int8 }) => {
      if (!classifies) return;
      tally.add({ index: indices.get(path) ?? 0, path }, probabilities(fp32[0]), probabilities(int8[0]));
    },
    signal,
    onProgress,
  });
  if (!classifies) warn('The network is no classifier: only the error of each layer is told.');
  for (const { path, reason } of result.skipped) warn(`Skipped ${path}: ${reason}`);
  const layers = layerErrors(result, board.graph);
  return { ...tally.result(), pictures: result.used, layers, advice: adviceOn(layers) };
};

/** Whether its one output is a list of classes. */
function isClassifier(network: Network): boolean {
  const [output, ...others] = network.outputs;
  const classes = (network.values.get(output)?.shape ?? []).filter((extent) => extent > 1);
  return others.length === 0 && classes.length === 1;
}

/** In the network's order. */
function layerErrors({ layers }: Evaluation, graph: Graph): AccuracyView['layers'] {
  const places = new Map(graph.operations.map(({ layer }, place) => [layer, place]));
  return layers
    .map(({ layer, blob, alone, accumulated }) => ({
      layer,
      blob,
      accumulated: relativeError(accumulated),
      alone: relativeError(alone),
    }))
    .sort((a, b) => (places.get(a.layer) ?? 0) - (places.get(b.layer) ?? 0));
}

/** The error's root mean square relative to the values'; 0 for an SQNR without end. */
function relativeError({ sqnr }: Closeness): number {
  return 10 ** (-sqnr / 20);
}

/** The layers that lose most by themselves; where none does, those that the loss has gathered in. */
function adviceOn(layers: AccuracyView['layers']): AccuracyView['advice'] {
  const own = layers.filter(({ alone }) => (alone ?? 0) > LARGE_ALONE);
  const gathered = layers.filter(({ accumulated }) => accumulated > LARGE_ACCUMULATED);
  const named = own.length > 0 ? own : gathered;
  return named.length === 0 ? [] : [{ code: 'large-error', layers: named.map(({ layer }) => layer) }];
}
