import type { ScaleTable } from '../calibration/table.ts';
import type { Tensor } from '../common/tensor.ts';
import type { ConvolutionOperation, Graph } from '../graph/graph.ts';
import { quantiseBlob } from '../quantization/execute/convert.ts';
import { INT8_LIMIT } from '../quantization/arithmetic.ts';
import { execute, type BlobData } from '../quantization/execute/execute.ts';
import type { QuantizedNetwork, TensorIndex } from '../quantization/quantized-network.ts';
import { alongMoves } from '../graph/byte-moves.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import { ClosenessSum, type Closeness } from './scores.ts';

/** What int8 does to one layer's result. */
export interface LayerError {
  readonly layer: string;
  /** The blob that is compared, after the activation that is fused into the layer. */
  readonly blob: string;
  /** Only this layer in int8, on the exact input. */
  readonly alone: LayerCloseness;
  /** Everything before it in int8, too. */
  readonly accumulated: LayerCloseness;
  /** That of `alone`, which programs read here. */
  readonly clippedShare: number;
  readonly advice: string;
}

export interface LayerCloseness extends Closeness {
  /**
   * Share of the values of the layer's input that saturate. In an int8 network saturated values are those at the end of the
   * range, the few that belong there among them.
   */
  readonly clippedShare: number;
}

export interface ProbedNetwork {
  /** Optimised. */
  readonly graph: Graph;
  /** Of the graph's weights. */
  readonly table: ScaleTable;
  /** Layers that run in float. */
  readonly keepFloat?: ReadonlySet<string> | undefined;
  /** By value: what the graph divides its channels by, the exact values not being divided. */
  readonly divisors?: ReadonlyMap<string, readonly number[]> | undefined;
  /** By value that a layer writes: what the graph takes from it after that (`applyOffsets`). */
  readonly offsets?: ReadonlyMap<string, number> | undefined;
}

/** Sums over inputs for every int8 convolution of a network. */
export class LayerErrors {
  private readonly probes: readonly LayerProbe[];
  private readonly whole: QuantizedNetwork;

  private readonly graph: Graph;
  private readonly divisors: ReadonlyMap<string, readonly number[]>;
  private readonly offsets: ReadonlyMap<string, number>;
  /** Those of what a ReLU cuts off at 0: int8 does so by saturation. */
  private readonly cut: ReadonlyMap<string, number>;

  constructor({
    graph,
    table,
    keepFloat = new Set(),
    divisors = new Map(),
    offsets = new Map<string, number>(),
  }: ProbedNetwork) {
    this.graph = graph;
    this.divisors = divisors;
    this.offsets = alongMoves(graph, offsets);
    this.cut = alongMoves(graph, new Map([...offsets].filter(([id]) => !isLeaky(graph, id))));
    this.whole = quantizeNetwork(graph, table, 'int8', keepFloat).network;
    this.probes = graph.operations
      .filter((operation) => operation.kind === 'convolution')
      .filter((operation) => table.weights.has(operation.layer) && !keepFloat.has(operation.layer))
      .map(
        (operation) =>
          new LayerProbe(
            graph,
            operation,
            scaleOf(this.whole, operation.inputs[0]),
            table,
            -(this.cut.get(operation.output) ?? Infinity),
          ),
      );
  }

  /** Values that `add` wants in fp32: each layer's input and result. */
  get values(): readonly string[] {
    return [...new Set(this.probes.flatMap(({ operation }) => [operation.inputs[0], operation.output]))];
  }

  /**
   * Adds one input, with the fp32 values of `values`.
   * @param onLayer is told each layer that is looked at
   */
  async add(
    input: Tensor,
    undivided: ReadonlyMap<string, Float32Array>,
    onLayer?: (layer: string) => void,
  ): Promise<void> {
    const exact = new Map(
      [...undivided].map(
        ([id, values]) => [id, shifted(divided(values, this.divisors.get(id)), this.offsets.get(id))] as const,
      ),
    );
    const { type, scale } = this.whole.tensors[this.whole.inputs[0]];
    const byValue = new Map(this.probes.map((probe) => [probe.operation.output, probe]));
    const [inputId] = this.graph.inputs;
    const countInput = (id: string, data: BlobData): void => {
      if (!(data instanceof Int8Array)) return;
      // The lower end of the range is what a ReLU cuts off.
      const lowest = this.cut.has(id) ? -Infinity : -INT8_LIMIT;
      for (const probe of this.probes) if (probe.operation.inputs[0] === id) probe.addInput(data, lowest);
    };
    const first = type === 'int8' ? quantiseBlob(input.data, scale) : input.data;
    countInput(inputId, first);
    await execute(this.whole, [first], {
      onProgress: ({ detail }) => {
        if (detail !== undefined) onLayer?.(detail);
      },
      onBlob: (index: TensorIndex, data) => {
        const tensor = this.whole.tensors[index];
        const id = tensor.name.replace(/@int8$/, '');
        if (id !== inputId) countInput(id, data);
        const values = exact.get(id);
        if (id === inputId || values === undefined) return;
        const factor = tensor.type === 'int8' ? 1 / tensor.scale : 1;
        byValue.get(id)?.addAccumulated(values, (i) => data[i] * factor);
      },
    });
    for (const probe of this.probes) {
      onLayer?.(probe.operation.layer);
      const before = exact.get(probe.operation.inputs[0]);
      const after = exact.get(probe.operation.output);
      if (before !== undefined && after !== undefined) await probe.addAlone(before, after);
    }
  }

  /** The worst first. */
  results(): readonly LayerError[] {
    return this.probes.map((probe) => probe.result(this.graph)).sort((a, b) => a.alone.sqnr - b.alone.sqnr);
  }
}

/** One sample's values with each channel divided by its divisor. */
function divided(values: Float32Array, divisors: readonly number[] | undefined): Float32Array {
  if (divisors === undefined) return values;
  const plane = values.length / divisors.length;
  return values.map((value, index) => value / divisors[Math.floor(index / plane)]);
}

function shifted(values: Float32Array, offset: number | undefined): Float32Array {
  return offset === undefined ? values : values.map((value) => value - offset);
}

function isLeaky(graph: Graph, id: string): boolean {
  return graph.operations.some(
    (operation) => operation.output === id && operation.kind === 'convolution' && operation.activation.kind === 'leaky',
  );
}

function scaleOf(network: QuantizedNetwork, id: string): number {
  return network.tensors.find(({ name, type }) => type === 'int8' && name.replace(/@int8$/, '') === id)?.scale ?? 0;
}

class Share {
  private part = 0;
  private whole = 0;

  add(part: number, whole: number): void {
    this.part += part;
    this.whole += whole;
  }

  get value(): number {
    return this.whole === 0 ? 0 : this.part / this.whole;
  }
}

/** One layer as a network of its own. */
class LayerProbe {
  private readonly alone = new ClosenessSum();
  private readonly accumulated = new ClosenessSum();
  private readonly network: QuantizedNetwork;
  private readonly clipped = { alone: new Share(), accumulated: new Share() };

  constructor(
    graph: Graph,
    readonly operation: ConvolutionOperation,
    /** In the whole network, where a concatenation may have lowered the table's. */
    private readonly inputScale: number,
    table: ScaleTable,
    /** Where the result saturates in place of a ReLU. */
    private readonly floor: number,
  ) {
    const [input] = operation.inputs;
    // Alone its result is float: what is taken from it is taken from that.
    const whole = { ...operation, resultOffset: 0 };
    const part: Graph = { ...graph, inputs: [input], outputs: [operation.output], operations: [whole] };
    const weights = new Map([[operation.layer, table.weights.get(operation.layer) ?? []]]);
    const scales = new Map([[operation.layer, [inputScale]]]);
    const own: ScaleTable = { format: 'ncnn', activationKey: 'layer', weights, activations: scales };
    this.network = quantizeNetwork(part, own, 'int8').network;
  }

  addAccumulated(exact: Float32Array, at: (index: number) => number): void {
    this.accumulated.add(exact, at);
  }

  /** Counts the layer's input in the int8 network. */
  addInput(values: Int8Array, lowest: number): void {
    let clipped = 0;
    for (const value of values) if (value === INT8_LIMIT || value === lowest) clipped++;
    this.clipped.accumulated.add(clipped, values.length);
  }

  async addAlone(input: Float32Array, exact: Float32Array): Promise<void> {
    const { type } = this.network.tensors[this.network.inputs[0]];
    const [output] = await execute(this.network, [type === 'int8' ? quantiseBlob(input, this.inputScale) : input]);
    const { resultOffset = 0 } = this.operation;
    this.alone.add(exact, (i) => Math.max(this.floor, output[i] - resultOffset));
    const threshold = 127.5 / this.inputScale;
    let clipped = 0;
    for (const value of input) if (Math.abs(value) >= threshold) clipped++;
    this.clipped.alone.add(clipped, input.length);
  }

  result(graph: Graph): LayerError {
    const alone = { ...this.alone.closeness(), clippedShare: this.clipped.alone.value };
    const accumulated = { ...this.accumulated.closeness(), clippedShare: this.clipped.accumulated.value };
    return {
      layer: this.operation.layer,
      blob: graph.values.get(this.operation.output)?.blob ?? this.operation.output,
      alone,
      accumulated,
      clippedShare: alone.clippedShare,
      advice: adviceFor(alone, accumulated, this.operation),
    };
  }
}

/** dB below which a layer is worth a look, below which it is worth its time in float, and what saturated share is much. */
const poorSqnr = 25;
const badSqnr = 15;
const muchClipping = 0.005;

function adviceFor(
  alone: LayerCloseness,
  accumulated: LayerCloseness,
  { layer, group, weights }: ConvolutionOperation,
): string {
  if (alone.sqnr >= poorSqnr) {
    return accumulated.sqnr >= badSqnr
      ? 'None needed: alone it costs next to nothing.'
      : 'None of its own: its error comes from the layers before it.';
  }
  const otherwise = alone.sqnr < badSqnr ? ` Else keep it in float: --keep-float ${layer}.` : '';
  if (alone.clippedShare > muchClipping)
    return `Its input saturates much: try --method percentile or minmax.${otherwise}`;
  if (group > 1 && weights.length / group < 32) {
    return `A depthwise layer with channels of unlike ranges: calibrate with --best-accuracy, which equalises them.${otherwise}`;
  }
  return `Its input has a wide range for 8 bits: try --method mse, or calibrate with --best-accuracy.${otherwise}`;
}
