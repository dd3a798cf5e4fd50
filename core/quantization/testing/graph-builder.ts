import { randomSource } from '../../common/random.ts';
import { elementCount, type Shape } from '../../common/tensor.ts';
import type { Activation, ConvolutionOperation, Graph, Operation, Value, ValueId } from '../../graph/graph.ts';
import type { Move } from '../../graph/moves.ts';

const NONE: Activation = { kind: 'none' };

/** Builds small graphs for tests; layers and blobs are named alike. Weights are seeded. */
export class GraphBuilder {
  readonly random: () => number;
  private readonly values = new Map<ValueId, Value>();
  private readonly operations: Operation[] = [];
  private readonly inputs: ValueId[] = [];

  constructor(seed = 1) {
    this.random = randomSource(seed);
  }

  input(id: ValueId, shape: Shape): ValueId {
    this.inputs.push(id);
    return this.value(id, shape);
  }

  convolution(
    id: ValueId,
    input: ValueId,
    outputChannels: number,
    options: Partial<
      Pick<ConvolutionOperation, 'kernel' | 'stride' | 'pad' | 'padValue' | 'dilation' | 'group' | 'activation'>
    > & {
      readonly weights?: readonly number[];
      readonly bias?: readonly number[];
    } = {},
  ): ValueId {
    const kernel = options.kernel ?? { height: 1, width: 1 };
    const stride = options.stride ?? { height: 1, width: 1 };
    const pad = options.pad ?? { height: 0, width: 0 };
    const dilation = options.dilation ?? { height: 1, width: 1 };
    const group = options.group ?? 1;
    const [n, channels, height, width] = this.shape(input);
    const fanIn = (channels / group) * kernel.height * kernel.width;
    const reach = Math.sqrt(3 / fanIn);
    const weights =
      options.weights ?? Array.from({ length: outputChannels * fanIn }, () => (2 * this.random() - 1) * reach);
    const bias = options.bias ?? Array.from({ length: outputChannels }, () => 0.2 * (this.random() - 0.5));
    const extent = (size: number, k: number, s: number, p: number, d: number): number =>
      Math.floor((size + 2 * p - d * (k - 1) - 1) / s) + 1;
    const shape = [
      n,
      outputChannels,
      extent(height, kernel.height, stride.height, pad.height, dilation.height),
      extent(width, kernel.width, stride.width, pad.width, dilation.width),
    ];
    return this.add(id, shape, {
      kind: 'convolution',
      layer: id,
      inputs: [input],
      output: id,
      fullyConnected: false,
      kernel,
      stride,
      pad,
      padValue: options.padValue,
      dilation,
      group,
      outputChannels,
      weights: Float32Array.from(weights),
      bias: Float32Array.from(bias),
      activation: options.activation ?? NONE,
    });
  }

  /** Caffe's extents: rounded up, and the last window starts inside the input or its upper padding. */
  pooling(
    id: ValueId,
    input: ValueId,
    method: 'max' | 'average',
    options: {
      readonly kernel?: number;
      readonly stride?: number;
      readonly pad?: number;
      readonly activation?: Activation;
    } = {},
  ): ValueId {
    const kernel = options.kernel ?? 2;
    const stride = options.stride ?? 2;
    const pad = options.pad ?? 0;
    const [n, channels, height, width] = this.shape(input);
    const extent = (size: number): number => {
      const count = Math.ceil((size + 2 * pad - kernel) / stride) + 1;
      return pad > 0 && (count - 1) * stride >= size + pad ? count - 1 : count;
    };
    return this.add(id, [n, channels, extent(height), extent(width)], {
      kind: 'pooling',
      layer: id,
      inputs: [input],
      output: id,
      method,
      kernel: { height: kernel, width: kernel },
      stride: { height: stride, width: stride },
      pad: { height: pad, width: pad },
      activation: options.activation ?? NONE,
    });
  }

  sum(id: ValueId, inputs: readonly ValueId[], activation = NONE, coefficients = inputs.map(() => 1)): ValueId {
    const shape = this.shape(inputs[0]);
    return this.add(id, shape, { kind: 'eltwise-sum', layer: id, inputs, output: id, coefficients, activation });
  }

  concat(id: ValueId, inputs: readonly ValueId[]): ValueId {
    const shapes = inputs.map((input) => this.shape(input));
    const channels = shapes.reduce((total, shape) => total + shape[1], 0);
    const [n, , ...rest] = shapes[0];
    return this.add(id, [n, channels, ...rest], { kind: 'concat', layer: id, inputs, output: id, axis: 1 });
  }

  activation(id: ValueId, input: ValueId, activation: Activation): ValueId {
    return this.add(id, this.shape(input), { kind: 'activation', layer: id, inputs: [input], output: id, activation });
  }

  affine(id: ValueId, input: ValueId): ValueId {
    const channels = this.shape(input)[1];
    return this.add(id, this.shape(input), {
      kind: 'affine',
      layer: id,
      inputs: [input],
      output: id,
      scale: Float32Array.from({ length: channels }, () => 0.5 + this.random()),
      shift: Float32Array.from({ length: channels }, () => this.random() - 0.5),
      activation: NONE,
    });
  }

  /** A move of elements; the shape is the output's. */
  move(id: ValueId, input: ValueId, move: Move, shape: Shape): ValueId {
    return this.add(id, shape, { ...move, layer: id, inputs: [input], output: id });
  }

  maximum(id: ValueId, inputs: readonly ValueId[], activation = NONE): ValueId {
    const shape = this.shape(inputs[0]);
    return this.add(id, shape, { kind: 'eltwise', function: 'max', layer: id, inputs, output: id, activation });
  }

  /** A function of each value alone. */
  sigmoid(id: ValueId, input: ValueId): ValueId {
    const form = { kind: 'unary', function: 'sigmoid', a: 0, b: 0, c: 0 } as const;
    return this.add(id, this.shape(input), { ...form, layer: id, inputs: [input], output: id });
  }

  softmax(id: ValueId, input: ValueId): ValueId {
    return this.add(id, this.shape(input), { kind: 'softmax', layer: id, inputs: [input], output: id, axis: 1 });
  }

  reshape(id: ValueId, input: ValueId, shape: Shape): ValueId {
    return this.add(id, shape, { kind: 'reshape', layer: id, inputs: [input], output: id });
  }

  build(outputs: readonly ValueId[]): Graph {
    return { name: 'test', values: this.values, inputs: this.inputs, outputs, operations: this.operations };
  }

  shape(id: ValueId): Shape {
    const value = this.values.get(id);
    if (value === undefined) throw new Error(`no value ${id}`);
    return value.shape;
  }

  private value(id: ValueId, shape: Shape): ValueId {
    this.values.set(id, { id, blob: id, shape });
    return id;
  }

  private add(id: ValueId, shape: Shape, operation: Operation): ValueId {
    this.operations.push(operation);
    return this.value(id, shape);
  }
}

/** Seeded values in [-1, 1] for each input of a graph, in its order. */
export function randomInputs(graph: Graph, seed: number): readonly Float32Array[] {
  const random = randomSource(seed);
  return graph.inputs.map((id) => {
    const shape = graph.values.get(id)?.shape ?? [];
    return Float32Array.from({ length: elementCount(shape) }, () => 2 * random() - 1);
  });
}
