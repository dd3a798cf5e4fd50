import type { Graph } from '../graph/graph.ts';
import { optimise } from '../graph/passes.ts';
import { lowerNetwork } from '../network/lower.ts';
import type { Network } from '../network/network.ts';
import { foldTable } from './fold-table.ts';
import { calibrationTarget } from './network-target.ts';
import { readTable } from './read-table.ts';
import type { ScaleTable, TableFormat } from './table.ts';
import { applyTuning } from './tuning/apply.ts';
import { readTuning } from './tuning/tuning.ts';

/**
 * What a board runs of a network, with the scales for it: the optimised graph and the table brought to its weights. Where
 * a tuning lies beside the table, the graph is tuned as it says. Errors: those of `readTable`, `readTuning`, `applyTuning`.
 */
export async function boardGraph(
  network: Network,
  tableFile: string,
  format?: TableFormat,
): Promise<{ readonly graph: Graph; readonly table: ScaleTable }> {
  const graph = optimise(lowerNetwork(network));
  const table = await readTable(tableFile, format);
  const tuning = await readTuning(tableFile);
  if (tuning !== undefined) return { graph: applyTuning(graph, tuning), table };
  return { graph, table: foldTable(table, calibrationTarget(network)) };
}
