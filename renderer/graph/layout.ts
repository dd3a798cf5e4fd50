import * as dagre from '@dagrejs/dagre';
import { NODE_HEIGHT, NODE_WIDTH, type LayoutAnswer, type LayoutRequest } from './types.ts';

/** Places the boxes from top to bottom in ranks, as dagre does (Gansner et al. 1993, Brandes and Köpf 2001). */
export function layOut({ id, nodes, edges }: LayoutRequest): LayoutAnswer {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 30, marginx: 10, marginy: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const [from, to] of edges) graph.setEdge(from, to);
  dagre.layout(graph);
  return {
    id,
    positions: nodes.map((node) => {
      const { x, y } = graph.node(node) as { readonly x: number; readonly y: number };
      return [node, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }];
    }),
  };
}
