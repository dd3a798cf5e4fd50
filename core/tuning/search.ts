import type { ScaleTable } from '../calibration/table.ts';
import type { Tuning } from '../calibration/tuning/tuning.ts';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Graph } from '../graph/graph.ts';
import { multiplications, triedMethodNames } from './candidates.ts';
import { isBetter, type Verdict } from './judge.ts';
import type { Candidate, Recipe } from './recipe.ts';

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

const mendings: readonly (readonly [string, Recipe['mends']])[] = [
  ['biases corrected', 'biases'],
  ['weights rounded by what they multiply, biases corrected', 'weights'],
];

/** In this order, each on top of what was kept before. */
const trials: readonly (readonly [string, Partial<Recipe>])[] = [
  ...triedMethodNames
    .filter((method) => method !== plain.method)
    .map((method) => [`thresholds by ${method}`, { method }] as const),
  ['equalisation of blobs alone', { share: 1 }],
  ['equalisation, a quarter of it by weights', { share: 0.75 }],
  ['equalisation, half of it by weights', { share: 0.5 }],
  ['thresholds times 0.85', { reach: 0.85 }],
  ['thresholds times 1.2', { reach: 1.2 }],
];

/** Layers that are tried in float again, beside one that was taken. */
const mostPromising = 6;

/** Tries one thing after the other and keeps what is better. */
export class Search {
  private readonly steps: TuningStep[] = [];
  private readonly meter: ProgressMeter;
  private readonly floatCandidates: readonly FloatCandidate[];

  constructor(
    graph: Graph,
    private readonly make: (recipe: Recipe, call: LongCall) => Promise<Candidate>,
    private readonly judge: (candidate: Candidate) => Promise<Verdict>,
    private readonly call: LongCall,
  ) {
    this.floatCandidates = costShares(graph);
    this.meter = new ProgressMeter(
      'tuning',
      trials.length + 1 + mendings.length + this.floatCandidates.length,
      'trials',
      call.onProgress,
    );
  }

  /** @param floatShare the share of all multiplications that may run in float */
  async run(floatShare: number): Promise<TuningResult> {
    let best = await this.attempt('KL', plain);
    for (const [what, change] of trials) best = await this.attempt(what, { ...best.recipe, ...change }, best);
    best = await this.keepFloat(best, floatShare);
    for (const [what, mends] of mendings) best = await this.attempt(what, { ...best.recipe, mends }, best);
    const { table, tuning } = best.candidate;
    return { table, tuning, keptFloat: [...best.recipe.keepFloat], steps: this.steps };
  }

  private async attempt(what: string, recipe: Recipe, best?: Best): Promise<Best> {
    this.call.signal?.throwIfAborted();
    const candidate = await this.make(recipe, { signal: this.call.signal });
    return this.decide(what, { recipe, candidate, verdict: await this.judge(candidate) }, best, false);
  }

  /**
   * Cheap layers in float, as long as they surely gain: each is tried alone, the most promising again beside those that
   * were taken.
   */
  private async keepFloat(start: Best, floatShare: number): Promise<Best> {
    let best = start;
    let left = floatShare;
    let candidates = this.floatCandidates;
    for (;;) {
      const gains: Gain[] = [];
      for (const { layer, share } of candidates.filter((candidate) => candidate.share <= left)) {
        this.call.signal?.throwIfAborted();
        const recipe = { ...best.recipe, keepFloat: new Set([...best.recipe.keepFloat, layer]) };
        const candidate = await this.make(recipe, {});
        const verdict = await this.judge(candidate);
        if (verdict.loss < best.verdict.loss) gains.push({ layer, share, found: { recipe, candidate, verdict } });
      }
      gains.sort((a, b) => a.found.verdict.loss - b.found.verdict.loss);
      if (gains.length === 0) return best;
      const [{ layer, share, found }, ...rest] = gains;
      const after = this.decide(`${layer} in float`, found, best, true);
      if (after === best) return best;
      best = after;
      left -= share;
      candidates = rest.slice(0, mostPromising);
    }
  }

  /** Notes what was tried, and returns the better one. */
  private decide(what: string, found: Best, best: Best | undefined, surely: boolean): Best {
    const { verdict } = found;
    const kept = best === undefined || isBetter(best.verdict, verdict, surely);
    this.steps.push({ what, loss: verdict.loss, agreement: verdict.agreement, kept });
    this.meter.report(this.steps.length, `${what}: ${verdict.loss.toFixed(4)}`);
    return kept ? found : best;
  }
}

interface FloatCandidate {
  readonly layer: string;
  /** Of the network's multiplications. */
  readonly share: number;
}

interface Gain extends FloatCandidate {
  readonly found: Best;
}

/** Each layer's share of the network's multiplications. */
function costShares(graph: Graph): readonly FloatCandidate[] {
  const costs = multiplications(graph);
  const total = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  return [...costs].map(([layer, cost]) => ({ layer, share: cost / total }));
}
