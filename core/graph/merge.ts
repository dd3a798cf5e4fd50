import type { Graph, Operation } from './graph.ts';
import { usesOf, withOperations, type Uses } from './uses.ts';

/**
 * One operation that does the work of two, with the output of the second; undefined where they do not merge.
 */
export type Merge = (first: Operation, second: Operation, graph: Graph) => Operation | undefined;

/** Merges every pair where the second alone reads what the first writes, until there is none left. */
export function mergePairs(graph: Graph, merge: Merge): Graph {
  let current = graph;
  for (;;) {
    const next = mergeOnce(current, usesOf(current), merge);
    if (next === undefined) return current;
    current = next;
  }
}

function mergeOnce(graph: Graph, { producer, consumers }: Uses, merge: Merge): Graph | undefined {
  for (const second of graph.operations) {
    const [between] = second.inputs;
    if (second.inputs.length !== 1 || graph.outputs.includes(between)) continue;
    const first = producer.get(between);
    if (first === undefined || consumers.get(between)?.length !== 1) continue;
    const merged = merge(first, second, graph);
    if (merged === undefined) continue;
    // In the place of the first: whatever reads the result comes after the second anyway.
    const operations = graph.operations.filter((operation) => operation !== second);
    return withOperations(
      graph,
      operations.map((operation) => (operation === first ? merged : operation)),
    );
  }
  return undefined;
}
