import { bypassReshape } from './bypass-reshape.ts';
import { dropDead } from './drop-dead.ts';
import { foldAffine } from './fold-affine.ts';
import { foldConstants } from './fold-constants.ts';
import { fuseActivation } from './fuse-activation.ts';
import type { Graph } from './graph.ts';

/** A rewrite that leaves the network's outputs as they are; it returns the same object where it finds nothing. */
export type Pass = (graph: Graph) => Graph;

export const passes: readonly Pass[] = [dropDead, foldConstants, bypassReshape, foldAffine, fuseActivation];

/**
 * Runs all passes until none finds anything. The last value of each Caffe blob keeps its name where it still exists.
 * @param more passes that hold for this use of the graph only
 */
export function optimise(graph: Graph, more: readonly Pass[] = []): Graph {
  let current = graph;
  for (;;) {
    const next = [...passes, ...more].reduce((before, pass) => pass(before), current);
    if (next === current) return current;
    current = next;
  }
}
