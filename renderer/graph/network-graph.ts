import type { NetworkView } from '../../electron/shared/schemas/network.ts';
import type { GraphEdge, GraphNode, NetworkGraph } from './types.ts';

/**
 * The graph of a network: a box per layer and input, an edge from whoever wrote a blob last to whoever reads it. In-place
 * layers, which write the blob they read, stand between the writer and the later readers, as Caffe runs them.
 */
export function networkGraph({ inputs, layers }: NetworkView): NetworkGraph {
  const writer = new Map<string, string>();
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (const { name } of inputs) {
    const id = `input ${name}`;
    nodes.push({ id, label: name, type: '', runs: 'input', layer: null });
    writer.set(name, id);
  }
  layers.forEach(({ name, type, runs, bottoms, tops }, index) => {
    const id = `layer ${index}`;
    nodes.push({ id, label: name, type, runs, layer: index });
    for (const blob of bottoms) {
      const from = writer.get(blob);
      if (from !== undefined) edges.push({ from, to: id, blob });
    }
    for (const blob of tops) writer.set(blob, id);
  });
  return { nodes, edges };
}
