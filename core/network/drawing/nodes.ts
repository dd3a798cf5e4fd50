import { shapeText } from '../../common/tensor.ts';
import type { Inspection, LayerInspection } from '../inspect.ts';
import { valueOf, type Network } from '../network.ts';

/** A box of the drawing: an input, or a layer with those that overwrite its top in place. */
export interface DrawnNode {
  readonly id: string;
  readonly title: string;
  readonly name: string;
  /** Further lines: parameters, shape. */
  readonly lines: readonly string[];
  /** Types of the layers that work in place on its top, in order. */
  readonly inPlace: readonly string[];
  readonly runs: LayerInspection['runs'] | 'input';
}

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
}

export interface DrawnNetwork {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

/** What there is to draw. As in Netscope, a layer that works in place on one blob is a line of the box before it. */
export function drawnNetwork(network: Network, inspection: Inspection): DrawnNetwork {
  const nodes: (DrawnNode & { readonly inPlace: string[] })[] = [];
  const edges: DrawnEdge[] = [];
  /** By value: the node that writes it. */
  const writers = new Map<string, (typeof nodes)[number]>();

  for (const { name, value, shape } of network.inputs) {
    const node = {
      id: `input ${name}`,
      title: 'Input',
      name,
      lines: [shapeText(shape)],
      inPlace: [],
      runs: 'input',
    } as const;
    const added = { ...node, inPlace: [] };
    nodes.push(added);
    writers.set(value, added);
  }
  network.layers.forEach((layer, index) => {
    const { type, runs, summary } = inspection.layers[index];
    const before = writers.get(layer.inputs[0] ?? '');
    const isInPlace = layer.bottoms.length === 1 && layer.tops.length === 1 && layer.bottoms[0] === layer.tops[0];
    if (isInPlace && before !== undefined && before.runs !== 'input') {
      before.inPlace.push(type);
      writers.set(layer.outputs[0], before);
      return;
    }
    const shapes = layer.outputs.map((id) => shapeText(valueOf(network, id).shape)).join(' ');
    const lines = [summary, shapes].filter((line) => line !== '');
    const node = { id: `layer ${index}`, title: type, name: layer.name, lines, inPlace: [], runs };
    nodes.push(node);
    for (const input of new Set(layer.inputs)) {
      const from = writers.get(input);
      if (from !== undefined) edges.push({ from: from.id, to: node.id });
    }
    for (const output of layer.outputs) writers.set(output, node);
  });
  return { nodes, edges };
}
