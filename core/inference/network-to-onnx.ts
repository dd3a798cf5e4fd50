import { CortadoError } from '../common/errors.ts';
import type { Shape } from '../common/tensor.ts';
import type { ValueId } from '../graph/graph.ts';
import { weightsOf } from '../network/lower.ts';
import { valueOf, type Network, type NetworkLayer } from '../network/network.ts';
import { OnnxBuilder } from '../onnx/builder.ts';

/** An ONNX model with the way from Caffe's names to its own. */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  /** ONNX name by input blob; inputs that no output depends on are left out. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Values that the model returns. */
  readonly fetched: ReadonlyMap<ValueId, FetchedValue>;
  /** Layers that run after the model, on values that it returns. */
  readonly hostLayers: readonly NetworkLayer[];
}

export interface FetchedValue {
  readonly onnxName: string;
  readonly shape: Shape;
}

/** Writes what `wanted` needs of a network as an ONNX model with fixed shapes. */
export function networkToOnnx(network: Network, wanted: readonly ValueId[]): OnnxModel {
  const needed = neededValues(network, wanted);
  const layers = network.layers.filter((layer) => layer.outputs.some((id) => needed.has(id)));
  const hostLayers = layers.filter((layer) => layer.form.runOnHost !== undefined);
  const onHost = new Set(hostLayers.flatMap((layer) => layer.outputs));
  const builder = new OnnxBuilder(network.name, network.values.keys());
  const inputs = new Map<string, string>();
  for (const { name, value, shape } of network.inputs) {
    if (!needed.has(value)) continue;
    builder.input(value, shape);
    inputs.set(name, value);
  }
  for (const layer of layers) {
    if (layer.form.runOnHost !== undefined) continue;
    if (layer.inputs.some((id) => onHost.has(id))) throw afterHostLayer(network, layer);
    emitLayer(network, layer, builder);
  }
  const fetched = new Map<ValueId, FetchedValue>();
  for (const id of [...wanted, ...hostLayers.flatMap((layer) => layer.inputs)]) {
    if (onHost.has(id) || fetched.has(id)) continue;
    const { shape } = valueOf(network, id);
    // An output of its own: an input may be an output too.
    const onnxName = builder.node('Identity', [id]);
    builder.output(onnxName, shape);
    fetched.set(id, { onnxName, shape });
  }
  return { bytes: builder.encode(), inputs, fetched, hostLayers };
}

function emitLayer(network: Network, layer: NetworkLayer, builder: OnnxBuilder): void {
  const named = (id: ValueId): { name: string; shape: Shape } => ({ name: id, shape: valueOf(network, id).shape });
  layer.form.emitOnnx({
    builder,
    bottoms: layer.inputs.map(named),
    tops: layer.outputs.map(named),
    weights: weightsOf(network, layer),
  });
}

function neededValues(network: Network, outputs: readonly ValueId[]): ReadonlySet<ValueId> {
  const needed = new Set(outputs);
  for (const layer of [...network.layers].reverse()) {
    if (layer.outputs.some((id) => needed.has(id))) for (const id of layer.inputs) needed.add(id);
  }
  return needed;
}

function afterHostLayer(network: Network, layer: NetworkLayer): CortadoError {
  return new CortadoError(
    'inference.after-detection',
    `The layer ${layer.name} reads what a detection output writes, which is not handled.`,
    'Ask for the detections themselves, or cut the layers after them.',
    { location: { file: network.file, line: layer.line, field: `layer "${layer.name}"` } },
  );
}
