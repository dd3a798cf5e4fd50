import type { SourceLocation } from '../common/errors.ts';
import type { Shape } from '../common/tensor.ts';
import type { BoardForm } from '../layers/kind.ts';
import { valueOf, type Network, type NetworkLayer } from './network.ts';
import type { TransformParameters } from './transform.ts';

/** What `cortado inspect` says, ready for JSON. Counts are for the input shapes that are stated. */
export interface Inspection {
  readonly name: string;
  readonly file: string;
  readonly model: string | null;
  readonly format: string;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly outputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly layers: readonly LayerInspection[];
  readonly totals: InspectionTotals;
  readonly transforms: readonly TransformParameters[];
  readonly warnings: readonly { readonly message: string; readonly location: SourceLocation }[];
}

export interface LayerInspection {
  readonly name: string;
  readonly type: string;
  readonly line: number;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  /** One per top. */
  readonly shapes: readonly Shape[];
  /** Kernel, stride and the like in a few words. */
  readonly summary: string;
  readonly parameters: number;
  /** Multiplications with accumulation. */
  readonly macs: number;
  readonly runs: 'int8' | 'float' | 'not';
  /** Why not int8, or into which layer it is folded; empty where there is nothing to say. */
  readonly reason: string;
}

export interface InspectionTotals {
  readonly layers: number;
  readonly parameters: number;
  readonly macs: number;
  readonly int8: number;
  readonly float: number;
  readonly not: number;
}

/** Describes a network, with or without weights. */
export function inspectNetwork(network: Network): Inspection {
  const folded = foldedLayers(network);
  const layers = network.layers.map((layer) => inspectLayer(network, layer, folded.get(layer)));
  const count = (runs: LayerInspection['runs']): number => layers.filter((layer) => layer.runs === runs).length;
  return {
    name: network.name,
    file: network.file,
    model: network.modelFile ?? null,
    format: network.format,
    inputs: network.inputs.map(({ name, shape }) => ({ name, shape })),
    outputs: network.outputs.map((id) => ({ name: id, shape: valueOf(network, id).shape })),
    layers,
    totals: {
      layers: layers.length,
      parameters: network.parameters,
      macs: network.macs,
      int8: count('int8'),
      float: count('float'),
      not: count('not'),
    },
    transforms: network.transforms,
    warnings: network.warnings,
  };
}

function inspectLayer(network: Network, layer: NetworkLayer, foldedInto: string | undefined): LayerInspection {
  const board = boardFormOf(network, layer);
  const plain = { runs: board.runs, reason: board.runs === 'int8' ? '' : board.reason };
  return {
    name: layer.name,
    type: layer.type,
    line: layer.line,
    bottoms: layer.bottoms,
    tops: layer.tops,
    shapes: layer.outputs.map((id) => valueOf(network, id).shape),
    summary: layer.form.summary,
    parameters: layer.parameters,
    macs: layer.macs,
    ...(foldedInto === undefined ? plain : { runs: 'int8' as const, reason: `folded into ${foldedInto}` }),
  };
}

function boardFormOf(network: Network, layer: NetworkLayer): BoardForm {
  return layer.form.boardForm(layer.inputs.map((id) => valueOf(network, id).shape));
}

/** Layers that the graph passes fold into a convolution, with its name: the rule of core/graph/fold-affine.ts. */
function foldedLayers(network: Network): ReadonlyMap<NetworkLayer, string> {
  const folded = new Map<NetworkLayer, string>();
  const readers = new Map<string, number>();
  for (const id of [...network.outputs, ...network.layers.flatMap((layer) => layer.inputs)]) {
    readers.set(id, (readers.get(id) ?? 0) + 1);
  }
  const producer = new Map(network.layers.flatMap((layer) => layer.outputs.map((id) => [id, layer] as const)));
  for (const layer of network.layers) {
    const board = boardFormOf(network, layer);
    const [input] = layer.inputs;
    const before = producer.get(input);
    if (board.runs !== 'float' || !board.isAffine || before === undefined || readers.get(input) !== 1) continue;
    const form = boardFormOf(network, before);
    const target = form.runs === 'int8' && form.absorbsAffine ? before.name : folded.get(before);
    if (target !== undefined) folded.set(layer, target);
  }
  return folded;
}
