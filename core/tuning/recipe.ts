import type { ScaleTable } from '../calibration/table.ts';
import {
  applyCorrections,
  applyFactors,
  applyOffsets,
  applyRounding,
  type BiasCorrections,
  type ChannelFactors,
} from '../calibration/tuning/apply.ts';
import type { LayerTuning, RoundedWeights, Tuning } from '../calibration/tuning/tuning.ts';
import type { LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import type { Graph, ValueId } from '../graph/graph.ts';
import { INT8_LIMIT } from '../quantization/arithmetic.ts';
import { storedWeights } from '../quantization/weights.ts';
import type { BlobOption } from './blob-option.ts';
import { convolutionsOf, scalesOf, tableOf, type Thresholds, type TriedMethod } from './candidates.ts';
import { chooseWays, type ChosenWays, type Way } from './choose-ways.ts';
import { equalisationFactors } from './equalise.ts';
import type { Contender } from './judge.ts';
import { mendLayers } from './layer-by-layer.ts';
import { layerOffsets, levelsOf, offsetCorrection, readerCorrections, type ValueOffsets } from './offsets.ts';

/** How a candidate is made. */
export interface Recipe {
  /** For blobs that do not choose for themselves. */
  readonly method: TriedMethod;
  /** What each blob chooses from, by what it costs the outputs; none: the method for all. */
  readonly ways: ReadonlySet<Way>;
  /** By value: what its threshold is multiplied by. */
  readonly reach: ReadonlyMap<ValueId, number>;
  /** What `mendLayers` does. */
  readonly mends: 'nothing' | 'biases' | 'weights';
  /** Layers that run in float. */
  readonly keepFloat: ReadonlySet<string>;
}

export interface Candidate extends Contender {
  readonly tuning: Tuning;
}

/** What was measured of a network, for candidates to be made from. */
export interface Measurements {
  readonly byMethod: ReadonlyMap<TriedMethod, Thresholds>;
  /** By value: the threshold of each channel, were it to have a scale of its own. */
  readonly channels: ReadonlyMap<ValueId, Float64Array>;
  readonly options: ReadonlyMap<ValueId, readonly BlobOption[]>;
  /** What layers are mended on. */
  readonly mending: readonly Tensor[];
  /** By value: fp32's results of layers. */
  readonly exactResults: (input: Tensor) => Promise<ReadonlyMap<ValueId, Float32Array>>;
}

/** Makes candidates of one network from what was measured once. */
export class CandidateMaker {
  constructor(
    private readonly graph: Graph,
    private readonly measurements: Measurements,
  ) {}

  /** How each blob that chooses for itself is made int8. */
  ways({ ways, keepFloat }: Pick<Recipe, 'ways' | 'keepFloat'>): ChosenWays {
    return chooseWays(this.graph, this.measurements.options, ways, keepFloat);
  }

  async make(recipe: Recipe, call: LongCall): Promise<Candidate> {
    const { graph } = this;
    const { mending, exactResults } = this.measurements;
    const ways = this.ways(recipe);
    const factors = this.factors(ways);
    const { thresholds, offsets } = this.thresholds(recipe, ways);
    const equalised = applyFactors(graph, factors);
    const readers = readerCorrections(equalised, offsets);
    const stored = applyCorrections(applyOffsets(equalised, layerOffsets(graph, offsets)), readers);
    const table = tableOf(stored, thresholds, recipe.keepFloat);
    const changes = { factors, offsets, readers };
    if (recipe.mends === 'nothing') {
      const addToBias = roundingCorrections(stored, table, offsets);
      return {
        graph: applyCorrections(stored, addToBias),
        table,
        tuning: tuningOf(graph, { ...changes, addToBias, rounded: new Map() }),
      };
    }
    const { levels, addToBias } = await mendLayers({
      graph: stored,
      table,
      exactResults: async (input) => storedResults(await exactResults(input), factors, offsets),
      inputs: mending,
      rounds: recipe.mends === 'weights',
      ...call,
    });
    const rounded = roundedWeights(stored, table, levels);
    return {
      graph: applyCorrections(applyRounding(stored, rounded), addToBias),
      table,
      tuning: tuningOf(graph, { ...changes, addToBias, rounded }),
    };
  }

  private factors(ways: ChosenWays): ChannelFactors {
    const { channels } = this.measurements;
    const shares = new Set([...ways.values()].flatMap(({ share }) => share ?? []));
    const byShare = new Map([...shares].map((share) => [share, equalisationFactors(this.graph, channels, share)]));
    return new Map(
      [...ways].flatMap(([id, { share }]) => {
        const own = share === undefined ? undefined : byShare.get(share)?.get(id);
        return own === undefined ? [] : [[id, own] as const];
      }),
    );
  }

  /** The magnitudes that become 127, and what is taken from values first. */
  private thresholds(
    { method, reach }: Recipe,
    ways: ChosenWays,
  ): { readonly thresholds: Thresholds; readonly offsets: ValueOffsets } {
    const thresholds = new Map(this.measurements.byMethod.get(method));
    const offsets = new Map<ValueId, number>();
    for (const [id, { threshold }] of ways) thresholds.set(id, threshold);
    for (const [id, threshold] of thresholds) thresholds.set(id, threshold * (reach.get(id) ?? 1));
    for (const [id, { offsetOf, lowest }] of ways) {
      if (offsetOf === undefined) continue;
      const { scale, zeroPoint } = levelsOf({ threshold: thresholds.get(id) ?? 0, lowest });
      thresholds.set(id, INT8_LIMIT / scale);
      if (zeroPoint !== 0) offsetOf.forEach((value) => offsets.set(value, zeroPoint / scale));
    }
    return { thresholds, offsets };
  }
}

/** Results as they are divided, and stored less an offset. */
function storedResults(
  results: ReadonlyMap<ValueId, Float32Array>,
  factors: ChannelFactors,
  offsets: ValueOffsets,
): ReadonlyMap<ValueId, Float32Array> {
  return new Map(
    [...results].map(([id, values]) => {
      const [factor, offset = 0] = [factors.get(id), offsets.get(id)];
      if (factor === undefined && offset === 0) return [id, values] as const;
      const pixels = values.length / (factor?.length ?? 1);
      return [id, values.map((value, i) => value / (factor?.[Math.floor(i / pixels)] ?? 1) - offset)] as const;
    }),
  );
}

/** What the rounding of weights makes of an offset, which is the same everywhere. */
function roundingCorrections(graph: Graph, table: ScaleTable, offsets: ValueOffsets): BiasCorrections {
  return new Map(
    convolutionsOf(graph).flatMap((operation) => {
      const offset = offsets.get(operation.inputs[0]);
      if (offset === undefined || !table.weights.has(operation.layer)) return [];
      const stored = storedWeights(operation, scalesOf(table, operation), 1);
      return [[operation.layer, offsetCorrection(operation, stored, offset)] as const];
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

interface GraphChanges {
  readonly factors: ChannelFactors;
  readonly offsets: ValueOffsets;
  /** What readers of values with an offset add. */
  readonly readers: BiasCorrections;
  readonly addToBias: BiasCorrections;
  readonly rounded: ReadonlyMap<string, RoundedWeights>;
}

function tuningOf(graph: Graph, { factors, offsets, readers, addToBias, rounded }: GraphChanges): Tuning {
  const tuning = new Map<string, LayerTuning>();
  for (const { layer, output } of convolutionsOf(graph)) {
    const [divide, offset, weights] = [factors.get(output), offsets.get(output), rounded.get(layer)];
    const added = sumOf(readers.get(layer), addToBias.get(layer));
    if ([divide, offset, weights, added].every((change) => change === undefined)) continue;
    tuning.set(layer, {
      ...(divide === undefined ? {} : { divide: [...divide] }),
      ...(offset === undefined ? {} : { offset }),
      ...(added === undefined ? {} : { addToBias: [...added] }),
      ...(weights === undefined ? {} : { rounded: weights }),
    });
  }
  for (const [layer, offset] of layerOffsets(graph, offsets)) {
    if (!tuning.has(layer)) tuning.set(layer, { offset });
  }
  return tuning;
}

function sumOf(a: Float64Array | undefined, b: Float64Array | undefined): Float64Array | undefined {
  return a === undefined || b === undefined ? (a ?? b) : a.map((value, index) => value + b[index]);
}
