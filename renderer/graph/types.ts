import type { NetworkView } from '../../electron/shared/schemas/network.ts';

export type LayerView = NetworkView['layers'][number];

/** A box of the graph: a layer, or an input of the network. */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly type: string;
  readonly runs: LayerView['runs'] | 'input';
  /** Position of its layer in the network; null for an input. */
  readonly layer: number | null;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The blob that goes along it. */
  readonly blob: string;
}

export interface NetworkGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface Position {
  readonly x: number;
  readonly y: number;
}

export const NODE_WIDTH = 180;
export const NODE_HEIGHT = 46;

/** What the worker is asked and what it answers: the top left corner of each box. */
export interface LayoutRequest {
  readonly id: number;
  readonly nodes: readonly string[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}
export interface LayoutAnswer {
  readonly id: number;
  readonly positions: readonly (readonly [node: string, position: Position])[];
}
