import { CortadoError } from '../common/errors.ts';
import type { Graph, Operation, Value } from '../graph/graph.ts';
import { valueOf, type Network, type NetworkLayer } from './network.ts';

/**
 * The network as operations that a board runs, before any pass.
 * @throws CortadoError `network.no-weights`; `network.no-board-form` naming the first layer that has none, and why
 */
export function lowerNetwork(network: Network): Graph {
  const lowered = network.layers.map((layer) => lowerLayer(network, layer));
  return {
    name: network.name,
    values: new Map([
      ...network.values,
      ...lowered.flatMap(({ between }) => between.map((value) => [value.id, value] as const)),
    ]),
    inputs: network.inputs.map((input) => input.value),
    outputs: network.outputs,
    operations: lowered.flatMap(({ operations }) => operations),
  };
}

export interface LoweredLayer {
  readonly operations: readonly Operation[];
  /** Values that lie between them. */
  readonly between: readonly Value[];
}

/** One layer as operations. Throws as lowerNetwork does. */
export function lowerLayer(network: Network, layer: NetworkLayer): LoweredLayer {
  const bottoms = layer.inputs.map((id) => valueOf(network, id));
  const board = layer.form.boardForm(bottoms.map(({ shape }) => shape));
  if (board.runs === 'not') {
    throw new CortadoError(
      'network.no-board-form',
      `The layer ${layer.name} (${layer.type}) does not run on a board: ${board.reason}`,
      'Take the layer out of the network, or run the network on this computer with cortado forward.',
      { location: { file: network.file, line: layer.line, field: `layer "${layer.name}"` } },
    );
  }
  const between: Value[] = [];
  const operations = layer.form.lower({
    layer: layer.name,
    bottoms,
    tops: layer.outputs.map((id) => valueOf(network, id)),
    weights: weightsOf(network, layer),
    between: (name, shape) => {
      const id = `${layer.name}/${name}@${network.layers.indexOf(layer)}`;
      const value = { id, blob: id, shape };
      between.push(value);
      return value;
    },
  });
  return { operations, between };
}

/** The trained values of a layer; throws CortadoError `network.no-weights` where the network was loaded without a model. */
export function weightsOf(network: Network, layer: NetworkLayer): readonly Float32Array[] {
  if (layer.weightShapes.length === 0) return [];
  if (layer.weights === undefined) {
    throw new CortadoError(
      'network.no-weights',
      `The network has no weights: the layer ${layer.name} needs them.`,
      'Give the .caffemodel too.',
      { location: { file: network.file, line: layer.line, field: `layer "${layer.name}"` } },
    );
  }
  return layer.weights.map(({ data }) => data);
}
