import { CortadoError } from '../common/errors.ts';
import { elementCount, shapeText, type Shape } from '../common/tensor.ts';
import type { Value, ValueId } from '../graph/graph.ts';
import type { Network, NetworkInput, NetworkLayer } from './network.ts';

/** Caffe counts elements in an int. */
const mostElements = 2 ** 31 - 1;

/** A layer before shapes are known. */
export type UnshapedLayer = Omit<NetworkLayer, 'weightShapes' | 'weights' | 'macs' | 'parameters'>;

export interface Inferred {
  readonly values: ReadonlyMap<ValueId, Value>;
  readonly layers: readonly Omit<NetworkLayer, 'weights'>[];
  readonly macs: number;
  readonly parameters: number;
}

/**
 * Shapes of all values from those of the inputs, with what depends on them: weights' shapes, MACs, parameter counts.
 * @throws CortadoError `layer.*`, `network.shape-too-large`
 */
export function inferShapes(inputs: readonly NetworkInput[], layers: readonly UnshapedLayer[], file: string): Inferred {
  const values = new Map<ValueId, Value>();
  for (const { name, value, shape } of inputs) {
    checkSize(shape, file, undefined, `input "${name}"`);
    values.set(value, { id: value, blob: name, shape });
  }
  const inferred = layers.map((layer) => {
    const bottoms = layer.inputs.map((id) => values.get(id)?.shape ?? []);
    const tops = layer.form.outputShapes(bottoms);
    if (tops.length !== layer.outputs.length) throw topCount(layer, tops.length, file);
    tops.forEach((shape, index) => {
      checkSize(shape, file, layer.line, `layer "${layer.name}"`);
      const id = layer.outputs[index];
      values.set(id, { id, blob: layer.tops[index], shape });
    });
    const weightShapes = layer.form.weightShapes?.(bottoms) ?? [];
    for (const { shape } of weightShapes) checkSize(shape, file, layer.line, `layer "${layer.name}" weights`);
    const parameters = weightShapes.reduce((sum, { shape }) => sum + elementCount(shape), 0);
    return { ...layer, weightShapes, macs: layer.form.macs?.(bottoms, tops) ?? 0, parameters };
  });
  return {
    values,
    layers: inferred,
    macs: inferred.reduce((sum, layer) => sum + layer.macs, 0),
    parameters: inferred.reduce((sum, layer) => sum + layer.parameters, 0),
  };
}

/** The same network with other input shapes (another batch, another size); weights that no longer fit are refused. */
export function withInputShapes(network: Network, shapes: ReadonlyMap<string, Shape>): Network {
  const inputs = network.inputs.map((input) => ({ ...input, shape: shapes.get(input.name) ?? input.shape }));
  const inferred = inferShapes(inputs, network.layers, network.file);
  const layers = inferred.layers.map((layer, index) => {
    const before = network.layers[index];
    checkWeightsStay(layer, before.weightShapes, network.file);
    return { ...layer, weights: before.weights };
  });
  return { ...network, ...inferred, inputs, layers };
}

function checkWeightsStay(
  layer: Omit<NetworkLayer, 'weights'>,
  before: NetworkLayer['weightShapes'],
  file: string,
): void {
  layer.weightShapes.forEach(({ name, shape }, index) => {
    const old = before[index]?.shape ?? [];
    if (shapeText(old) === shapeText(shape)) return;
    throw new CortadoError(
      'network.input-shape',
      `With this input the ${name} of the layer ${layer.name} would be ${shapeText(shape)} instead of ${shapeText(old)}.`,
      'Give an input of the shape that the network was trained with; only the batch may differ.',
      { location: { file, line: layer.line, field: `layer "${layer.name}"` } },
    );
  });
}

function topCount(layer: UnshapedLayer, wanted: number, file: string): CortadoError {
  return new CortadoError(
    'network.arity',
    `With these bottoms the layer ${layer.name} has ${wanted} tops; ${layer.outputs.length} are written.`,
    'Correct the top lines of this layer.',
    { location: { file, line: layer.line, field: `layer "${layer.name}".top` } },
  );
}

function checkSize(shape: Shape, file: string, line: number | undefined, field: string): void {
  if (shape.every((extent) => Number.isSafeInteger(extent) && extent >= 1) && elementCount(shape) <= mostElements)
    return;
  throw new CortadoError(
    'network.shape-too-large',
    `The shape ${shapeText(shape)} is not one that a blob can have: extents are 1 or more and there are at most 2^31 - 1 values.`,
    'Correct the input shape or the parameters of this layer.',
    { location: { file, field, ...(line === undefined ? {} : { line }) } },
  );
}
