import { CortadoError } from '../common/errors.ts';
import type { ConvolutionOperation, Operation } from '../graph/graph.ts';
import { optimise } from '../graph/passes.ts';
import { lowerLayer, lowerNetwork } from '../network/lower.ts';
import { valueOf, type Network, type NetworkLayer } from '../network/network.ts';
import type { CalibrationLayer, CalibrationTarget, LayerWeights } from './target.ts';

/** What calibration needs to know of a network that was loaded with its weights. Error: `network.no-weights`. */
export function calibrationTarget(network: Network): CalibrationTarget {
  const folded = foldedWeights(network);
  return {
    inputs: new Map(network.inputs.map(({ name, shape }) => [name, [1, ...shape.slice(1)]])),
    layers: network.layers.map((layer): CalibrationLayer => {
      const { name, type, bottoms, tops } = layer;
      const weights = layerWeights(network, layer, folded.get(name));
      return { name, type, bottoms, tops, ...(weights === undefined ? {} : { weights }) };
    }),
  };
}

function layerWeights(
  network: Network,
  layer: NetworkLayer,
  folded: Float32Array | undefined,
): LayerWeights | undefined {
  const operation = operationsOf(network, layer).find(isConvolution);
  if (operation === undefined) return undefined;
  const { outputChannels, group, kernel, stride, weights, fullyConnected } = operation;
  return {
    kind: fullyConnected ? 'inner-product' : 'convolution',
    outputChannels,
    group,
    kernel,
    stride,
    data: weights,
    folded: folded ?? weights,
  };
}

/** A layer alone as operations; none where it has no int8 form on boards. */
function operationsOf(network: Network, layer: NetworkLayer): readonly Operation[] {
  const bottoms = layer.inputs.map((id) => valueOf(network, id).shape);
  return layer.form.boardForm(bottoms).runs === 'int8' ? lowerLayer(network, layer).operations : [];
}

/** Weights by layer with BatchNorm and Scale folded in; none where some layer has no form on boards. */
function foldedWeights(network: Network): ReadonlyMap<string, Float32Array> {
  try {
    const { operations } = optimise(lowerNetwork(network));
    return new Map(operations.filter(isConvolution).map(({ layer, weights }) => [layer, weights]));
  } catch (error) {
    if (error instanceof CortadoError && error.code === 'network.no-board-form') return new Map();
    throw error;
  }
}

function isConvolution(operation: Operation): operation is ConvolutionOperation {
  return operation.kind === 'convolution';
}
