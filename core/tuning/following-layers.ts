import { Tensor as OrtTensor, type InferenceSession } from 'onnxruntime-node';
import type { Shape } from '../common/tensor.ts';
import type { ValueId } from '../graph/graph.ts';
import { openSession } from '../inference/open-session.ts';
import { weightsOf } from '../network/lower.ts';
import { valueOf, type Network, type NetworkLayer } from '../network/network.ts';
import { OnnxBuilder } from '../onnx/builder.ts';

/** How a value is rounded on its way to the layers that read it. */
export interface Rounding {
  /** By channel: level = value * scale. */
  readonly scales: Float32Array;
  /** Levels lie from -127 + zeroPoint to 127 + zeroPoint: 0 for symmetric int8, 127 for what is never below 0. */
  readonly zeroPoint: number;
}

/** What lies between a value and some outputs of a network, in float, the value being rounded first. */
export class FollowingLayers {
  private constructor(
    private readonly session: InferenceSession,
    private readonly model: FollowingModel,
  ) {}

  /** @param weights by layer: its weights in place of the network's, in the same order */
  static async open(
    network: Network,
    id: ValueId,
    outputs: readonly ValueId[],
    weights: ReadonlyMap<string, Float32Array>,
  ): Promise<FollowingLayers> {
    const model = followingModel(network, id, outputs, weights);
    return new FollowingLayers(await openSession(model.bytes, { provider: 'cpu', threads: 1 }), model);
  }

  /** Other values that are read. */
  get others(): readonly ValueId[] {
    return [...this.model.others.keys()];
  }

  /** @param values the value's own and those of `others`; @returns the outputs that the value has a part in */
  async run(
    values: ReadonlyMap<ValueId, Float32Array>,
    { scales, zeroPoint }: Rounding,
  ): Promise<ReadonlyMap<ValueId, Float32Array>> {
    const { id, shape, scaleShape, others, outputs } = this.model;
    const feeds: Record<string, OrtTensor> = {
      [names.scale]: new OrtTensor('float32', scales, scaleShape),
      [names.zeroPoint]: new OrtTensor('float32', Float32Array.of(zeroPoint), []),
    };
    for (const [other, otherShape] of [[id, shape] as const, ...others]) {
      feeds[other] = new OrtTensor('float32', values.get(other) ?? new Float32Array(), otherShape);
    }
    const results = await this.session.run(feeds);
    return new Map(
      [...outputs].map(([output, name]) => {
        const { data } = results[name];
        if (!(data instanceof Float32Array)) throw new Error('ONNX Runtime returned an output of another type');
        return [output, data] as const;
      }),
    );
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

interface FollowingModel {
  readonly bytes: Uint8Array;
  readonly id: ValueId;
  readonly shape: Shape;
  readonly scaleShape: Shape;
  readonly others: ReadonlyMap<ValueId, Shape>;
  /** Names in the model. */
  readonly outputs: ReadonlyMap<ValueId, string>;
}

const names = { scale: 'rounding/scale', zeroPoint: 'rounding/zero-point', rounded: 'rounding/rounded' } as const;

function followingModel(
  network: Network,
  id: ValueId,
  outputs: readonly ValueId[],
  weights: ReadonlyMap<string, Float32Array>,
): FollowingModel {
  const { layers, reached } = layersBetween(network, id, outputs);
  const shapeOf = (value: ValueId): Shape => valueOf(network, value).shape;
  const others = new Map(
    layers.flatMap(({ inputs }) =>
      inputs.filter((input) => !reached.has(input)).map((input) => [input, shapeOf(input)]),
    ),
  );
  const builder = new OnnxBuilder(network.name, [...network.values.keys(), ...Object.values(names)]);
  const shape = shapeOf(id);
  const scaleShape = shape.map((extent, axis) => (axis === 1 ? extent : 1));
  builder.input(names.scale, scaleShape);
  builder.input(names.zeroPoint, []);
  for (const [other, otherShape] of [[id, shape] as const, ...others]) builder.input(other, otherShape);
  emitRounding(builder, id);
  const named = (value: ValueId, isRead: boolean) => ({
    name: isRead && value === id ? names.rounded : value,
    shape: shapeOf(value),
  });
  for (const layer of layers) {
    const own = weightsOf(network, layer);
    const changed = weights.get(layer.name);
    layer.form.emitOnnx({
      builder,
      bottoms: layer.inputs.map((value) => named(value, true)),
      tops: layer.outputs.map((value) => named(value, false)),
      weights: changed === undefined ? own : [changed, ...own.slice(1)],
    });
  }
  const found = outputs
    .filter((output) => reached.has(output))
    .map((output) => {
      const name = builder.node('Identity', [output === id ? names.rounded : output]);
      builder.output(name, shapeOf(output));
      return [output, name] as const;
    });
  return { bytes: builder.encode(), id, shape, scaleShape, others, outputs: new Map(found) };
}

/** rounded = (clip(round(value * scale - zero point), -127, 127) + zero point) / scale */
function emitRounding(builder: OnnxBuilder, id: ValueId): void {
  const shifted = builder.node('Sub', [builder.node('Mul', [id, names.scale]), names.zeroPoint]);
  const levels = builder.node('Clip', [builder.node('Round', [shifted]), builder.scalar(-127), builder.scalar(127)]);
  builder.node('Div', [builder.node('Add', [levels, names.zeroPoint]), names.scale], {}, names.rounded);
}

/** Layers that the value has a part in and that the outputs want, in order; `reached`: what they write, and the value. */
function layersBetween(
  network: Network,
  id: ValueId,
  outputs: readonly ValueId[],
): { readonly layers: readonly NetworkLayer[]; readonly reached: ReadonlySet<ValueId> } {
  const reached = new Set([id]);
  const after = network.layers.filter(({ inputs, outputs: written }) => {
    const reads = inputs.some((input) => reached.has(input));
    if (reads) written.forEach((value) => reached.add(value));
    return reads;
  });
  const wanted = new Set(outputs);
  const layers = after
    .reverse()
    .filter(({ inputs, outputs: written }) => {
      const isWanted = written.some((value) => wanted.has(value));
      if (isWanted) inputs.forEach((value) => wanted.add(value));
      return isWanted;
    })
    .reverse();
  return { layers, reached };
}
