import type { Graph, ValueId } from '../graph/graph.ts';
import { optimise } from '../graph/passes.ts';
import { lowerNetwork } from '../network/lower.ts';
import type { Network } from '../network/network.ts';
import { foldTable } from '../calibration/fold-table.ts';
import { calibrationTarget } from '../calibration/network-target.ts';
import { readTable } from '../calibration/read-table.ts';
import type { ScaleTable, TableFormat } from '../calibration/table.ts';
import { applyTuning, computesOnOffsets } from '../calibration/tuning/apply.ts';
import { tuningBesides } from './tuning-besides.ts';
import { readTuning, type LayerTuning, type Tuning } from '../calibration/tuning/tuning.ts';

/** What a board runs of a network. */
export interface BoardGraph {
  /** Optimised, with the weights that `table` is for. */
  readonly graph: Graph;
  readonly table: ScaleTable;
  /**
   * By value: what a tuning divided each channel of it by, for whoever compares it with the network's own values; empty
   * without a tuning.
   */
  readonly divisors: ReadonlyMap<ValueId, readonly number[]>;
  /** By value that a layer writes: what a tuning took from the result after that. */
  readonly offsets: ReadonlyMap<ValueId, number>;
  /** Layers that run in float besides those that the table leaves out. */
  readonly keepFloat: ReadonlySet<string>;
}

/**
 * What a board runs of a network, with the scales for it: the optimised graph and the table brought to its weights. Where
 * a tuning lies beside the table, the graph is tuned as it says, as far as `keepFloat` lets it.
 * Errors: those of `readTable`, `readTuning`, `tuningBesides`.
 *
 * @param keepFloat layers that run in float besides those that the table leaves out
 */
export async function boardGraph(
  network: Network,
  tableFile: string,
  format?: TableFormat,
  keepFloat: ReadonlySet<string> = new Set(),
): Promise<BoardGraph> {
  const graph = optimise(lowerNetwork(network));
  const table = await readTable(tableFile, format);
  const found = await readTuning(tableFile);
  if (found === undefined) {
    const folded = foldTable(table, calibrationTarget(network));
    return { graph, table: folded, divisors: new Map(), offsets: new Map(), keepFloat };
  }
  const { tuning, table: besides } = tuningBesides(graph, found, table, keepFloat);
  return {
    graph: applyTuning(graph, tuning),
    table: besides,
    divisors: byValue(graph, tuning, ({ divide }) => divide),
    offsets: byValue(graph, tuning, ({ offset }) => offset),
    keepFloat,
  };
}

function byValue<T>(
  graph: Graph,
  tuning: Tuning,
  read: (tuning: LayerTuning) => T | undefined,
): ReadonlyMap<ValueId, T> {
  const changed = graph.operations.flatMap((operation) => {
    const change = computesOnOffsets(operation) ? read(tuning.get(operation.layer) ?? {}) : undefined;
    return change === undefined ? [] : [[operation.output, change] as const];
  });
  return new Map(changed);
}
