import type { Graph, ValueId } from '../graph/graph.ts';
import { optimise } from '../graph/passes.ts';
import { lowerNetwork } from '../network/lower.ts';
import type { Network } from '../network/network.ts';
import { foldTable } from './fold-table.ts';
import { calibrationTarget } from './network-target.ts';
import { readTable } from './read-table.ts';
import type { ScaleTable, TableFormat } from './table.ts';
import { applyTuning } from './tuning/apply.ts';
import { readTuning, type Tuning } from './tuning/tuning.ts';

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
}

/**
 * What a board runs of a network, with the scales for it: the optimised graph and the table brought to its weights. Where
 * a tuning lies beside the table, the graph is tuned as it says. Errors: those of `readTable`, `readTuning`, `applyTuning`.
 */
export async function boardGraph(network: Network, tableFile: string, format?: TableFormat): Promise<BoardGraph> {
  const graph = optimise(lowerNetwork(network));
  const table = await readTable(tableFile, format);
  const tuning = await readTuning(tableFile);
  if (tuning === undefined) return { graph, table: foldTable(table, calibrationTarget(network)), divisors: new Map() };
  return { graph: applyTuning(graph, tuning), table, divisors: divisorsOf(graph, tuning) };
}

function divisorsOf(graph: Graph, tuning: Tuning): BoardGraph['divisors'] {
  const divided = graph.operations.flatMap(({ kind, layer, output }) => {
    const divide = kind === 'convolution' ? tuning.get(layer)?.divide : undefined;
    return divide === undefined ? [] : [[output, divide] as const];
  });
  return new Map(divided);
}
