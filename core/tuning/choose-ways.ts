import type { Graph, ValueId } from '../graph/graph.ts';
import { leastOf, type BlobOption } from './blob-option.ts';
import { offsetClasses, type OffsetClass } from './offsets.ts';

/** What a blob may choose from, besides the methods' thresholds: thresholds in between, all 255 levels, equalised channels. */
export type Way = 'method' | 'search' | 'offset' | 'equalisation';

/** How a blob is made int8. */
export interface ChosenWay extends BlobOption {
  /** The values that are stored less an offset, where the blob is. */
  readonly offsetOf: ReadonlySet<ValueId> | undefined;
}

/** By value that layers read. */
export type ChosenWays = ReadonlyMap<ValueId, ChosenWay>;

/**
 * Each blob's option with the least error among the ways that it may go. Blobs of one offset class, which share a scale, have
 * an offset together or not at all.
 */
export function chooseWays(
  graph: Graph,
  options: ReadonlyMap<ValueId, readonly BlobOption[]>,
  ways: ReadonlySet<Way>,
  keepFloat: ReadonlySet<string>,
): ChosenWays {
  const chosen = new Map<ValueId, ChosenWay>();
  if (ways.size === 0) return chosen;
  const best = new Map<ValueId, { readonly symmetric: BlobOption; readonly offset: BlobOption | undefined }>();
  for (const [id, list] of options) {
    const allowed = list.filter((option) => mayGo(option, ways));
    const symmetric = leastOf(allowed.filter(({ lowest }) => lowest === undefined));
    if (symmetric === undefined) continue;
    best.set(id, { symmetric, offset: leastOf(allowed.filter(({ lowest }) => lowest !== undefined)) });
    chosen.set(id, { ...symmetric, offsetOf: undefined });
  }
  const classes = ways.has('offset') ? offsetClasses(graph, keepFloat) : new Map<ValueId, OffsetClass>();
  for (const one of new Set(classes.values())) {
    const members = [...best].filter(([id]) => one.values.has(id));
    const threshold = Math.max(...members.map(([, { offset }]) => offset?.threshold ?? Infinity));
    const lowest = Math.min(...members.map(([, { offset }]) => offset?.lowest ?? 0));
    const gain = members.reduce(
      (sum, [, { symmetric, offset }]) => sum + symmetric.error - (offset?.error ?? Infinity),
      0,
    );
    if (!(gain > 0) || !Number.isFinite(threshold)) continue;
    for (const [id, { offset }] of members) {
      if (offset !== undefined) chosen.set(id, { ...offset, threshold, lowest, offsetOf: one.values });
    }
  }
  return chosen;
}

function mayGo({ by, share, lowest }: BlobOption, ways: ReadonlySet<Way>): boolean {
  if (share !== undefined && !ways.has('equalisation')) return false;
  if (lowest !== undefined) return ways.has('offset');
  return by !== 'search' || share !== undefined || ways.has('search');
}
