import type { ScaleTable } from '../calibration/table.ts';
import { applyCorrections, applyFactors, applyRounding, type ChannelFactors } from '../calibration/tuning/apply.ts';
import type { LayerTuning, RoundedWeights, Tuning } from '../calibration/tuning/tuning.ts';
import type { LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import type { Graph, ValueId } from '../graph/graph.ts';
import {
  channelwiseThresholds,
  convolutionsOf,
  multiplications,
  scalesOf,
  tableOf,
  type Thresholds,
  type TriedMethod,
} from './candidates.ts';
import { equalisationFactors } from './equalise.ts';
import type { ExactStatistics } from './exact-statistics.ts';
import type { Contender } from './judge.ts';
import { mendLayers } from './layer-by-layer.ts';

/** How a candidate is made. */
export interface Recipe {
  /** The share of `equalisationFactors`; undefined: none. */
  readonly share: number | undefined;
  /** For blobs whose channels are not equalised. */
  readonly method: TriedMethod;
  /** Thresholds are multiplied by this. */
  readonly reach: number;
  /** What `mendLayers` does. */
  readonly mends: 'nothing' | 'biases' | 'weights';
  /** Layers that run in float. */
  readonly keepFloat: ReadonlySet<string>;
}

export interface Candidate extends Contender {
  readonly tuning: Tuning;
}

/** How many multiplications mending may take (a minute or so), and inputs that it needs at the least. */
const mendingMultiplications = 1e10;
const fewestMending = 8;

/** How many inputs layers are mended on. */
export function mendingInputs(graph: Graph): number {
  const perInput = [...multiplications(graph).values()].reduce((sum, cost) => sum + cost, 0);
  return Math.max(fewestMending, Math.floor(mendingMultiplications / perInput));
}

/** Makes candidates of one network from what was measured once. */
export class CandidateMaker {
  constructor(
    private readonly graph: Graph,
    private readonly byMethod: ReadonlyMap<TriedMethod, Thresholds>,
    private readonly statistics: ExactStatistics,
    /** Those that `statistics.tapMeans` are of. */
    private readonly inputs: readonly Tensor[],
  ) {}

  async make(recipe: Recipe, call: LongCall): Promise<Candidate> {
    const { graph, statistics } = this;
    const factors =
      recipe.share === undefined
        ? new Map<ValueId, Float64Array>()
        : equalisationFactors(graph, statistics.thresholds, recipe.share);
    const equalised = applyFactors(graph, factors);
    const table = tableOf(equalised, this.thresholds(recipe, factors), recipe.keepFloat);
    if (recipe.mends === 'nothing')
      return { graph: equalised, table, tuning: tuningOf(graph, factors, new Map(), new Map()) };
    const { levels, addToBias } = await mendLayers({
      graph: equalised,
      table,
      tapMeans: dividedMeans(graph, statistics.tapMeans, factors),
      inputs: this.inputs,
      rounds: recipe.mends === 'weights',
      ...call,
    });
    const rounded = roundedWeights(equalised, table, levels);
    return {
      graph: applyCorrections(applyRounding(equalised, rounded), addToBias),
      table,
      tuning: tuningOf(graph, factors, addToBias, rounded),
    };
  }

  /** Blobs whose channels are equalised keep each channel's own threshold; others have the method's. */
  private thresholds({ method, reach }: Recipe, factors: ChannelFactors): Thresholds {
    const chosen = new Map(this.byMethod.get(method));
    for (const [id, threshold] of channelwiseThresholds(this.statistics.thresholds, factors)) chosen.set(id, threshold);
    return new Map([...chosen].map(([id, threshold]) => [id, threshold * reach]));
  }
}

function dividedMeans(
  graph: Graph,
  tapMeans: ReadonlyMap<string, Float64Array>,
  factors: ChannelFactors,
): ReadonlyMap<string, Float64Array> {
  return new Map(
    convolutionsOf(graph).flatMap(({ layer, inputs: [id], kernel }) => {
      const means = tapMeans.get(layer);
      const factor = factors.get(id);
      if (means === undefined) return [];
      const area = kernel.height * kernel.width;
      return [[layer, factor === undefined ? means : means.map((mean, tap) => mean / factor[Math.floor(tap / area)])]];
    }),
  );
}

function roundedWeights(
  graph: Graph,
  table: ScaleTable,
  levels: ReadonlyMap<string, Int8Array>,
): ReadonlyMap<string, RoundedWeights> {
  return new Map(
    convolutionsOf(graph).flatMap((operation) => {
      const own = levels.get(operation.layer);
      return own === undefined ? [] : [[operation.layer, { levels: own, scales: scalesOf(table, operation) }] as const];
    }),
  );
}

function tuningOf(
  graph: Graph,
  factors: ChannelFactors,
  corrections: ReadonlyMap<string, Float64Array>,
  rounded: ReadonlyMap<string, RoundedWeights>,
): Tuning {
  const tuning = new Map<string, LayerTuning>();
  for (const { layer, output } of convolutionsOf(graph)) {
    const [divide, addToBias, weights] = [factors.get(output), corrections.get(layer), rounded.get(layer)];
    if (divide === undefined && addToBias === undefined && weights === undefined) continue;
    tuning.set(layer, {
      ...(divide === undefined ? {} : { divide: [...divide] }),
      ...(addToBias === undefined ? {} : { addToBias: [...addToBias] }),
      ...(weights === undefined ? {} : { rounded: weights }),
    });
  }
  return tuning;
}
