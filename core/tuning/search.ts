import type { ScaleTable } from '../calibration/table.ts';
import type { Tuning } from '../calibration/tuning/tuning.ts';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import { elementCount } from '../common/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { convolutionsOf, triedMethodNames } from './candidates.ts';
import { isBetter, type Judge, type Verdict } from './judge.ts';
import type { Candidate, CandidateMaker, Recipe } from './recipe.ts';

/** One thing that was tried, measured on inputs that calibration did not see. */
export interface TuningStep {
  readonly what: string;
  /** How far the outputs are from fp32's, from 0 to 1: see `outputLoss`. */
  readonly loss: number;
  /** How often the first output's largest value is at the place it has in fp32. */
  readonly agreement: number;
  readonly kept: boolean;
}

export interface TuningResult {
  readonly table: ScaleTable;
  readonly tuning: Tuning;
  /** Layers that the table leaves out, so that they run in float. */
  readonly keptFloat: readonly string[];
  readonly steps: readonly TuningStep[];
}

interface Best {
  readonly recipe: Recipe;
  readonly candidate: Candidate;
  readonly verdict: Verdict;
}

const plain: Recipe = { share: undefined, method: 'kl', reach: 1, mends: 'nothing', keepFloat: new Set() };

/** In this order, each on top of what was kept before. */
const trials: readonly (readonly [string, Partial<Recipe>])[] = [
  ...triedMethodNames
    .filter((method) => method !== plain.method)
    .map((method) => [`thresholds by ${method}`, { method }] as const),
  ['equalisation of blobs alone', { share: 1, method: 'channels' }],
  ['equalisation, a quarter of it by weights', { share: 0.75, method: 'channels' }],
  ['equalisation, half of it by weights', { share: 0.5, method: 'channels' }],
  ['thresholds times 0.85', { reach: 0.85 }],
  ['thresholds times 1.2', { reach: 1.2 }],
  ['biases corrected', { mends: 'biases' }],
  ['weights rounded by what they multiply, biases corrected', { mends: 'weights' }],
];

/** Tries one thing after the other and keeps what is better. */
export class Search {
  private readonly steps: TuningStep[] = [];
  private readonly meter: ProgressMeter;
  private readonly floatCandidates: readonly { readonly layer: string; readonly share: number }[];

  constructor(
    graph: Graph,
    private readonly maker: CandidateMaker,
    private readonly judge: Judge,
    private readonly call: LongCall,
  ) {
    this.floatCandidates = costShares(graph);
    this.meter = new ProgressMeter(
      'tuning',
      trials.length + 2 + this.floatCandidates.length,
      'trials',
      call.onProgress,
    );
  }

  /** @param floatShare the share of all multiplications that may run in float */
  async run(floatShare: number): Promise<TuningResult> {
    const first = await this.maker.make(plain, { signal: this.call.signal });
    let best = await this.judged('KL', plain, first, undefined);
    for (const [what, change] of trials) best = await this.attempt(what, { ...best.recipe, ...change }, best);
    best = await this.keepFloat(best, floatShare);
    const { table, tuning } = best.candidate;
    return { table, tuning, keptFloat: [...best.recipe.keepFloat], steps: this.steps };
  }

  private async attempt(what: string, recipe: Recipe, best: Best): Promise<Best> {
    return this.judged(what, recipe, await this.maker.make(recipe, { signal: this.call.signal }), best);
  }

  private async judged(what: string, recipe: Recipe, candidate: Candidate, best: Best | undefined): Promise<Best> {
    this.call.signal?.throwIfAborted();
    const verdict = await this.judge.judge(candidate);
    const kept = best === undefined || isBetter(best.verdict, verdict);
    this.steps.push({ what, loss: verdict.loss, agreement: verdict.agreement, kept });
    this.meter.report(this.steps.length, `${what}: ${verdict.loss.toFixed(4)}`);
    return kept ? { recipe, candidate, verdict } : best;
  }

  /** The layers that gain most by float, one by one, as long as they are cheap; then everything else is mended again. */
  private async keepFloat(start: Best, floatShare: number): Promise<Best> {
    const { share } = start.recipe;
    const cheap = this.floatCandidates.filter((layer) => layer.share <= floatShare);
    const gains: { readonly layer: string; readonly share: number; readonly loss: number }[] = [];
    for (const { layer, share: cost } of cheap) {
      this.call.signal?.throwIfAborted();
      const { loss } = await this.judge.judge(this.maker.withFloat(start.candidate, share, new Set([layer])));
      if (loss < start.verdict.loss) gains.push({ layer, share: cost, loss });
    }
    let best = start;
    let left = floatShare;
    for (const { layer, share: cost } of gains.sort((a, b) => a.loss - b.loss)) {
      if (cost > left) continue;
      const keepFloat = new Set([...best.recipe.keepFloat, layer]);
      const candidate = this.maker.withFloat(best.candidate, share, new Set([layer]));
      const after = await this.judged(`${layer} in float`, { ...best.recipe, keepFloat }, candidate, best);
      if (after === best) break;
      best = after;
      left -= cost;
    }
    if (best === start || best.recipe.mends === 'nothing') return best;
    return this.attempt('everything else mended again', best.recipe, best);
  }
}

/** Each layer's share of the network's multiplications. */
function costShares(graph: Graph): readonly { readonly layer: string; readonly share: number }[] {
  const costs = convolutionsOf(graph).map(({ layer, output, weights, outputChannels }) => {
    const elements = elementCount(graph.values.get(output)?.shape ?? []);
    return { layer, cost: (elements * weights.length) / outputChannels };
  });
  const total = costs.reduce((sum, { cost }) => sum + cost, 0);
  return costs.map(({ layer, cost }) => ({ layer, share: cost / total }));
}
