import type { ScaleTable } from '../calibration/table.ts';
import type { Tuning } from '../calibration/tuning/tuning.ts';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Graph, ValueId } from '../graph/graph.ts';
import { multiplications, readValues, triedMethodNames } from './candidates.ts';
import type { ChosenWays, Way } from './choose-ways.ts';
import { isBetter, type JudgeOptions, type Verdict } from './judge.ts';
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

/** How the search tells of what it does. */
export interface SearchCall extends LongCall {
  /** Is told what was tried and how it did, one line each. */
  readonly onStep?: ((text: string) => void) | undefined;
}

interface Best {
  readonly recipe: Recipe;
  readonly candidate: Candidate;
  readonly verdict: Verdict;
}

const plain: Recipe = { method: 'kl', ways: new Set(), reach: new Map(), mends: 'nothing', keepFloat: new Set() };

const mendings: readonly (readonly [string, Recipe['mends']])[] = [
  ['biases corrected', 'biases'],
  ['weights rounded by what they multiply, biases corrected', 'weights'],
];

/** In this order; each adds to what was kept before. */
const blobWays: readonly (readonly [string, readonly Way[]])[] = [
  ['each blob by the method that costs the outputs least', ['method']],
  ['thresholds between those of the methods', ['method', 'search']],
  ['all 255 levels for what is mostly above 0', ['method', 'offset']],
  ['channels equalised, as far as each blob gains', ['method', 'equalisation']],
];

/** What the thresholds of single blobs are multiplied by, with all others in int8, and how many blobs that is tried for. */
const jointReaches = [0.8, 1.25];
const jointBlobs = 4;

/** Blobs whose readers are tried in float before those of one are taken: the blobs that cost most. */
const mostPromising = 5;

/** Share of the loss that layers in float have to take away in the end: boards are slow at them. */
const leastFloatGain = 0.1;

/** Trials of stages that take as many as they need, as progress counts them: it waits at the last, or leaves some out. */
const floatTrials = 6 * mostPromising;
const jointTrials = jointBlobs * jointReaches.length;

/** What makes candidates of recipes. */
export interface Maker {
  make(recipe: Recipe, call: LongCall): Promise<Candidate>;
  /** How each blob that chooses for itself is made int8. */
  ways(recipe: Recipe): ChosenWays;
}

/** Tries one thing after the other and keeps what is better. */
export class Search {
  private readonly steps: TuningStep[] = [];
  private readonly meter: ProgressMeter;
  private readonly readers: readonly Readers[];
  /** As progress counts them. */
  private tried = 0;
  private mostTried = Infinity;

  constructor(
    graph: Graph,
    private readonly maker: Maker,
    private readonly judge: (candidate: Candidate, options: JudgeOptions) => Promise<Verdict>,
    private readonly call: SearchCall,
  ) {
    this.readers = readersOf(graph);
    const total = triedMethodNames.length + blobWays.length + floatTrials + jointTrials + mendings.length + 1;
    this.meter = new ProgressMeter('tuning', total, 'trials', call.onProgress);
  }

  /** @param floatShare the share of all multiplications that may run in float */
  async run(floatShare: number): Promise<TuningResult> {
    let best = await this.attempt('KL', plain);
    for (const method of triedMethodNames.filter((name) => name !== plain.method)) {
      best = await this.attempt(`thresholds by ${method}`, { ...best.recipe, method }, best);
    }
    for (const [what, more] of blobWays) {
      const ways = new Set([...best.recipe.ways, ...more]);
      best = await this.attempt(what, { ...best.recipe, ways }, best);
    }
    best = await this.counted(floatTrials, () => this.keepFloat(best, floatShare));
    best = await this.counted(jointTrials, () => this.searchJointly(best));
    for (const [what, mends] of mendings) best = await this.attempt(what, { ...best.recipe, mends }, best);
    best = await this.dropFloat(best);
    const { table, tuning } = best.candidate;
    return { table, tuning, keptFloat: [...best.recipe.keepFloat], steps: this.steps };
  }

  /** Runs a stage that counts as so many trials, however many it takes. */
  private async counted<T>(trials: number, stage: () => Promise<T>): Promise<T> {
    const end = this.tried + trials;
    this.mostTried = end - 1;
    const result = await stage();
    this.mostTried = Infinity;
    this.tried = end;
    return result;
  }

  private async attempt(what: string, recipe: Recipe, best?: Best): Promise<Best> {
    return this.decide(what, await this.tryOut(recipe, best), best, false);
  }

  private async tryOut(recipe: Recipe, best: Best | undefined): Promise<Best> {
    const { signal } = this.call;
    signal?.throwIfAborted();
    const onPart = (done: number, total: number): void => {
      this.meter.report(this.tried, `${done} / ${total}`);
    };
    let signs = 0;
    const candidate = await this.maker.make(recipe, {
      signal,
      onProgress: ({ done, total }) => {
        // A layer takes many of them.
        this.meter.report(this.tried, `${done} / ${total} · ${++signs}`);
      },
    });
    const verdict = await this.judge(candidate, { onInput: onPart, against: best?.verdict });
    signal?.throwIfAborted();
    this.tried = Math.min(this.tried + 1, this.mostTried);
    return { recipe, candidate, verdict };
  }

  /** Cheap layers in float, one after the other, as long as they surely gain. */
  private async keepFloat(start: Best, floatShare: number): Promise<Best> {
    let best = start;
    let left = floatShare;
    for (;;) {
      const gains: { readonly what: string; readonly share: number; readonly found: Best }[] = [];
      for (const { layers, share } of this.promising(best.recipe, left)) {
        const keepFloat = new Set([...best.recipe.keepFloat, ...layers]);
        const found = await this.tryOut({ ...best.recipe, keepFloat }, best);
        const what = `${layers.join(', ')} in float`;
        this.tell(what, found);
        if (found.verdict.loss < best.verdict.loss) gains.push({ what, share, found });
      }
      if (gains.length === 0) return best;
      const { what, share, found } = gains.reduce((a, b) => (b.found.verdict.loss < a.found.verdict.loss ? b : a));
      const after = this.decide(what, found, best, true);
      if (after === best) return best;
      best = after;
      left -= share;
    }
  }

  /** Everything in int8, where layers in float have become worth little by what was mended since. */
  private async dropFloat(best: Best): Promise<Best> {
    if (best.recipe.keepFloat.size === 0) {
      this.meter.report(++this.tried);
      return best;
    }
    const what = 'everything in int8 all the same';
    const found = await this.tryOut({ ...best.recipe, keepFloat: new Set() }, best);
    const { loss, agreement } = found.verdict;
    const kept = best.verdict.loss > (1 - leastFloatGain) * loss;
    this.steps.push({ what, loss, agreement, kept });
    this.tell(what, found);
    return kept ? found : best;
  }

  /** Readers of a blob, of at most `left` of the multiplications, those first whose blobs cost the outputs most. */
  private promising(recipe: Recipe, left: number): readonly Readers[] {
    const costs = this.maker.ways(recipe);
    const errorOf = ({ input }: Readers): number => costs.get(input)?.error ?? 0;
    return this.readers
      .filter(({ layers, share }) => share <= left && !layers.some((layer) => recipe.keepFloat.has(layer)))
      .sort((a, b) => errorOf(b) - errorOf(a))
      .slice(0, mostPromising);
  }

  /** The thresholds of the blobs that cost most, one after the other with all others in int8, where that surely gains. */
  private async searchJointly(start: Best): Promise<Best> {
    let best = start;
    const inFloat = best.recipe.keepFloat;
    const costs = this.maker.ways(best.recipe);
    const read = new Set(
      this.readers.filter(({ layers }) => !layers.every((layer) => inFloat.has(layer))).map(({ input }) => input),
    );
    const blobs = [...costs].filter(([id]) => read.has(id)).sort(([, a], [, b]) => b.error - a.error);
    for (const [id] of blobs.slice(0, jointBlobs)) {
      for (const factor of jointReaches) {
        const reach = new Map(best.recipe.reach).set(id, factor);
        const found = await this.tryOut({ ...best.recipe, reach }, best);
        const after = this.decide(`threshold of ${id} times ${factor}`, found, best, true);
        if (after === best) continue;
        best = after;
        break;
      }
    }
    return best;
  }

  /** Notes what was tried, and returns the better one. */
  private decide(what: string, found: Best, best: Best | undefined, surely: boolean): Best {
    const { verdict } = found;
    const kept = best === undefined || isBetter(best.verdict, verdict, surely);
    this.steps.push({ what, loss: verdict.loss, agreement: verdict.agreement, kept });
    this.tell(what, found);
    return kept ? found : best;
  }

  private tell(what: string, { verdict }: Best): void {
    const text = `${what}: ${verdict.loss.toFixed(4)}`;
    this.meter.report(this.tried, text);
    this.call.onStep?.(text);
  }
}

/** The layers that read a blob: in float all together, since one that computes in int8 leaves the blob in int8 for all. */
interface Readers {
  readonly input: ValueId;
  readonly layers: readonly string[];
  /** Of the network's multiplications. */
  readonly share: number;
}

function readersOf(graph: Graph): readonly Readers[] {
  const costs = multiplications(graph);
  const total = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  const read = readValues(graph);
  return [...new Set(read.values())].map((input) => {
    const names = [...read].filter(([, id]) => id === input).map(([{ layer }]) => layer);
    return { input, layers: names, share: names.reduce((sum, name) => sum + (costs.get(name) ?? 0), 0) / total };
  });
}
