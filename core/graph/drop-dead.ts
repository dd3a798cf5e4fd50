import type { Graph, Operation } from './graph.ts';
import { withOperations } from './uses.ts';

/** Removes operations that no output depends on. Inputs stay, since callers provide them. */
export function dropDead(graph: Graph): Graph {
  const needed = new Set(graph.outputs);
  const kept: Operation[] = [];
  for (const operation of [...graph.operations].reverse()) {
    if (!needed.has(operation.output)) continue;
    kept.push(operation);
    for (const input of operation.inputs) needed.add(input);
  }
  return kept.length === graph.operations.length ? graph : withOperations(graph, kept.reverse());
}
