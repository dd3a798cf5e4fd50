import type { Shape } from '../common/tensor.ts';
import type { ValueId } from '../graph/graph.ts';
import { weightsOf } from '../network/lower.ts';
import { valueOf, type Network } from '../network/network.ts';
import { OnnxBuilder } from '../onnx/builder.ts';

/** An ONNX model with the way from Caffe's names to its own. */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  /** ONNX name by input blob; inputs that no output depends on are left out. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: readonly { readonly name: string; readonly onnxName: string; readonly shape: Shape }[];
}

/**
 * Writes what is needed of a network as an ONNX model with fixed shapes.
 * @param outputs names for the caller, each with the value that it means
 */
export function networkToOnnx(network: Network, outputs: readonly (readonly [string, ValueId])[]): OnnxModel {
  const needed = neededValues(
    network,
    outputs.map(([, id]) => id),
  );
  const builder = new OnnxBuilder(network.name, network.values.keys());
  const inputs = new Map<string, string>();
  for (const { name, value, shape } of network.inputs) {
    if (!needed.has(value)) continue;
    builder.input(value, shape);
    inputs.set(name, value);
  }
  const named = (id: ValueId): { name: string; shape: Shape } => ({ name: id, shape: valueOf(network, id).shape });
  for (const layer of network.layers) {
    if (!layer.outputs.some((id) => needed.has(id))) continue;
    layer.form.emitOnnx({
      builder,
      bottoms: layer.inputs.map(named),
      tops: layer.outputs.map(named),
      weights: weightsOf(network, layer),
    });
  }
  // An output of its own per name: a value may be asked for by several, and an input may be an output.
  const results = outputs.map(([name, id]) => {
    const { shape } = valueOf(network, id);
    const onnxName = builder.node('Identity', [id]);
    builder.output(onnxName, shape);
    return { name, onnxName, shape };
  });
  return { bytes: builder.encode(), inputs, outputs: results };
}

function neededValues(network: Network, outputs: readonly ValueId[]): ReadonlySet<ValueId> {
  const needed = new Set(outputs);
  for (const layer of [...network.layers].reverse()) {
    if (layer.outputs.some((id) => needed.has(id))) for (const id of layer.inputs) needed.add(id);
  }
  return needed;
}
