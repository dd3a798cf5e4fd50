import { describe, expect, it } from 'vitest';
import type { Progress, ProgressListener } from '../common/progress.ts';
import type { ConvolutionOperation, Graph } from '../graph/graph.ts';
import type { ChosenWays } from './choose-ways.ts';
import type { Verdict } from './judge.ts';
import type { Candidate, Recipe } from './recipe.ts';
import { Search } from './search.ts';

const one = { height: 1, width: 1 };

/** A layer of `outputs` channels that reads one: its cost is `outputs`. */
function layer(name: string, outputs: number): ConvolutionOperation {
  return {
    kind: 'convolution',
    layer: name,
    inputs: [`read by ${name}`],
    output: name,
    fullyConnected: false,
    kernel: one,
    stride: one,
    pad: { height: 0, width: 0 },
    dilation: one,
    group: 1,
    outputChannels: outputs,
    weights: new Float32Array(outputs),
    bias: new Float32Array(outputs),
    activation: { kind: 'none' },
  };
}

const operations = [layer('cheap', 2), layer('small', 3), layer('useless', 1), layer('dear', 94)];
const graph: Graph = {
  name: '',
  values: new Map(
    operations.map(({ output, outputChannels }) => [output, { id: output, blob: output, shape: [1, outputChannels] }]),
  ),
  inputs: ['data'],
  outputs: ['dear'],
  operations,
};

/** What layers read costs most where the layer is cheap. */
function ways(): ChosenWays {
  return new Map(
    operations.map(({ inputs: [id], outputChannels }) => [
      id,
      { by: 'kl', threshold: 1, lowest: undefined, share: undefined, offsetOf: undefined, error: 1 / outputChannels },
    ]),
  );
}

/** A search in which a recipe's loss is what `lossOf` says, on every input. */
async function search(
  lossOf: (recipe: Recipe) => number,
  floatShare: number,
  onProgress?: ProgressListener,
): Promise<Awaited<ReturnType<Search['run']>> & { readonly recipe: Recipe | undefined }> {
  const recipes = new Map<Candidate, Recipe>();
  const make = (recipe: Recipe): Promise<Candidate> => {
    const table = { format: 'ncnn', activationKey: 'layer', weights: new Map(), activations: new Map() } as const;
    const candidate: Candidate = { graph, table, tuning: new Map() };
    recipes.set(candidate, recipe);
    return Promise.resolve(candidate);
  };
  const judge = (candidate: Candidate): Promise<Verdict> => {
    const recipe = recipes.get(candidate);
    const loss = recipe === undefined ? NaN : lossOf(recipe);
    return Promise.resolve({ loss, losses: [loss, loss], agreement: 1 - loss });
  };
  const result = await new Search(graph, { make, ways }, judge, { onProgress }).run(floatShare);
  const recipe = [...recipes].find(([{ table }]) => table === result.table)?.[1];
  return { ...result, recipe };
}

describe('the search', () => {
  it('is done when progress says so, and never before or after, however many layers go to float', async () => {
    for (const loss of [() => 0.5, ({ keepFloat }: Recipe) => 0.5 / (1 + keepFloat.size)]) {
      const told: Progress[] = [];
      await search(loss, 1, (progress) => told.push(progress));
      const [last] = told.slice(-1);
      expect(last.done).toBe(last.total);
      const places = told.map(({ done }) => done);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  it('keeps what lowers the loss, each on top of what was kept before', async () => {
    const { recipe, steps } = await search(
      ({ method, ways, reach, mends }) =>
        0.5 -
        (method === 'minmax' ? 0.1 : 0) -
        (ways.has('offset') && !ways.has('search') ? 0.1 : 0) -
        (reach.get('read by small') === 1.25 ? 0.1 : 0) -
        (mends === 'weights' ? 0.1 : 0),
      0,
    );
    expect(recipe).toMatchObject({ method: 'minmax', mends: 'weights' });
    expect([...(recipe?.ways ?? [])]).toEqual(['method', 'offset']);
    expect([...(recipe?.reach ?? [])]).toEqual([['read by small', 1.25]]);
    const won = steps.filter(({ kept }) => kept);
    expect(won.map(({ loss }) => loss.toFixed(1))).toEqual(['0.5', '0.4', '0.3', '0.2', '0.1']);
  });

  it('is back at KL where nothing helps', async () => {
    const { recipe, steps } = await search(() => 0.1, 1);
    expect(recipe).toMatchObject({ method: 'kl', ways: new Set(), reach: new Map(), mends: 'nothing' });
    expect(steps.filter(({ kept }) => kept)).toHaveLength(1);
  });

  const gains: Readonly<Record<string, number>> = { cheap: 0.1, small: 0.2, dear: 0.3 };
  const lossOf = ({ keepFloat }: Recipe): number =>
    0.9 - [...keepFloat].reduce((sum, name) => sum + (gains[name] ?? 0), 0);

  it.each([
    [0, []],
    [0.02, ['cheap']],
    [0.04, ['small']],
    [0.05, ['small', 'cheap']],
    [1, ['dear', 'small', 'cheap']],
  ])('leaves layers in float within a share of %d: %j', async (share, kept) => {
    expect((await search(lossOf, share)).keptFloat).toEqual(kept);
  });

  it.each([
    [0.95, []],
    [0.85, ['small', 'cheap']],
  ])(
    'leaves layers in float only where they still count once the rest is mended: %d of the loss',
    async (rest, kept) => {
      const mended = ({ keepFloat }: Recipe): number => (keepFloat.size === 0 ? 0.1 : 0.1 * rest);
      const { keptFloat, steps } = await search(
        (recipe) => (recipe.mends === 'weights' ? mended(recipe) : lossOf(recipe)),
        0.05,
      );
      expect(keptFloat).toEqual(kept);
      expect(steps.at(-1)).toMatchObject({ what: 'everything in int8 all the same', kept: kept.length === 0 });
    },
  );

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    const never = (): Promise<never> => Promise.reject(new Error('not reached'));
    await expect(new Search(graph, { make: never, ways }, never, { signal }).run(0)).rejects.toThrow(/abort/i);
  });
});
