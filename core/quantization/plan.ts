import { CortadoError } from '../common/errors.ts';
import type { ScaleTable } from '../calibration/table.ts';
import type { ConvolutionOperation, Graph, Operation, ValueId } from '../graph/graph.ts';
import { INT8_LIMIT } from './arithmetic.ts';
import { isNonNegative, movesBytes, producersOf } from '../graph/byte-moves.ts';
import { ScaleClasses } from './scale-classes.ts';
import { missingAddendThreshold, type AddendRange } from './sum-range.ts';
import { TableScales } from './table-scales.ts';

/** Which values are int8 at which scale, and which operations write int8. */
export interface Plan {
  /** Scale of every value that is held as int8 (it may be held as float besides, for float readers). */
  readonly scales: ReadonlyMap<ValueId, number>;
  /** Operations other than convolutions that compute in int8. */
  readonly int8: ReadonlySet<Operation>;
  /** Convolutions with int8 weights: their scales, one per output channel. They may return float. */
  readonly weightScales: ReadonlyMap<ConvolutionOperation, readonly number[]>;
  /** Layers that stay in float because the user wants it. */
  readonly keptFloat: ReadonlySet<string>;
  /** Blobs that a sum's neighbours gave the scale of, and blobs that were always 0. */
  readonly notes: readonly string[];
}

/**
 * Assigns scales by the rules of docs/architecture.md ("which scale"): a convolution that the table lists reads int8 at the
 * table's scale; that demand moves up through layers that only move bytes, whose values share one scale; sums, averages and
 * leaky activations compute in int8 where their result is demanded and every input's scale is known. What no int8 layer reads
 * stays float. Layers of `keepFloat` compute in float whatever the table says; what the table says of their inputs still counts for
 * sums that read the same blobs.
 *
 * Throws `quantization.keep-float` for a layer that the graph does not have, `table.mismatch` where the table lists no layer of the graph, `table.activation-missing` where a listed layer has no
 * scale for its input and no neighbour gives it, and what TableScales throws.
 */
export function planScales(graph: Graph, table: ScaleTable, keepFloat: ReadonlySet<string> = new Set()): Plan {
  requireLayers(graph, keepFloat);
  return new Planner(graph, table, keepFloat).plan();
}

class Planner {
  private readonly producers: ReadonlyMap<ValueId, Operation>;
  private readonly scales: TableScales;
  private readonly classes = new ScaleClasses();
  private readonly demanded = new Set<ValueId>();
  private readonly int8 = new Set<Operation>();
  private readonly weightScales = new Map<ConvolutionOperation, readonly number[]>();
  /** What the table says of blobs that layers in `keepFloat` read. */
  private readonly keptInputs = new Map<ValueId, number>();
  private readonly notes: string[] = [];

  constructor(
    private readonly graph: Graph,
    private readonly table: ScaleTable,
    private readonly keepFloat: ReadonlySet<string>,
  ) {
    this.producers = producersOf(graph);
    this.scales = new TableScales(table, graph.values);
  }

  plan(): Plan {
    this.demandConvolutionInputs();
    this.requireConvolutionScales();
    while (this.takeInOperations());
    const scales = new Map<ValueId, number>();
    for (const id of this.demanded) scales.set(id, this.classes.scaleOf(id) ?? 1);
    this.keepMovesInInt8(scales);
    const { int8, weightScales, keepFloat, notes } = this;
    return { scales, int8, weightScales, keptFloat: keepFloat, notes };
  }

  private demandConvolutionInputs(): void {
    for (const operation of this.graph.operations) {
      if (operation.kind !== 'convolution') continue;
      const weightScales = this.scales.weightScales(operation);
      if (weightScales === undefined) continue;
      const input = onlyInput(operation);
      const scale = this.scales.inputScale(operation);
      if (this.keepFloat.has(operation.layer)) {
        if (scale !== undefined && scale > 0) this.keptInputs.set(input, scale);
        continue;
      }
      this.weightScales.set(operation, weightScales);
      this.demand(input);
      if (scale !== undefined && scale > 0) this.classes.offer(input, scale);
    }
    if (this.weightScales.size === 0 && this.keptInputs.size === 0) throw this.mismatch();
  }

  private mismatch(): CortadoError {
    const network = this.graph.name === '' ? 'this network' : this.graph.name;
    // The original tools leave larger kernels out: such a table can be right and still be of no use.
    const isEmpty = this.table.weights.size === 0;
    return new CortadoError(
      'table.mismatch',
      isEmpty
        ? 'The scale table lists no layer at all, so nothing would run in int8.'
        : `The scale table has no weight scale for any layer of ${network}.`,
      isEmpty
        ? 'Calibrate with --format ncnn: the other formats leave out inner products, and release kernels other than 1 and 3.'
        : 'Give the table that was made for this model, or make one with "cortado calibrate".',
    );
  }

  /** The value is wanted as int8, and so are those that become it by moves of bytes. */
  private demand(id: ValueId): void {
    if (this.demanded.has(id)) return;
    this.demanded.add(id);
    const producer = this.producers.get(id);
    if (producer === undefined || !movesBytes(producer) || this.keepFloat.has(producer.layer)) return;
    this.int8.add(producer);
    for (const input of producer.inputs) {
      this.classes.unite(input, id);
      this.demand(input);
    }
  }

  private requireConvolutionScales(): void {
    for (const operation of this.weightScales.keys()) {
      const input = onlyInput(operation);
      if (this.classes.scaleOf(input) !== undefined) continue;
      for (const id of this.demanded) {
        const scale = this.classes.find(id) === this.classes.find(input) ? this.scales.blobScale(id) : undefined;
        if (scale !== undefined && scale > 0) this.classes.offer(input, scale);
      }
      if (this.classes.scaleOf(input) !== undefined) continue;
      if (this.scales.inputScale(operation) === undefined) throw missingScale(operation.layer, this.blobOf(input));
      // Every scale holds zeros exactly.
      this.classes.offer(input, 1);
      this.notes.push(
        `Blob ${this.blobOf(input)} was always 0 in calibration; layer ${operation.layer} reads it at scale 1.`,
      );
    }
  }

  /** Operations with arithmetic of their own join where their inputs' scales are known. True where one joined. */
  private takeInOperations(): boolean {
    let joined = false;
    for (const operation of this.graph.operations.toReversed()) {
      if (this.int8.has(operation) || !this.demanded.has(operation.output) || !hasInt8Arithmetic(operation)) continue;
      if (this.keepFloat.has(operation.layer)) continue;
      const inputScales = this.inputScales(operation);
      if (inputScales === undefined) continue;
      this.int8.add(operation);
      operation.inputs.forEach((input, index) => {
        this.demand(input);
        this.classes.offer(input, inputScales[index] ?? Infinity);
      });
      joined = true;
    }
    return joined;
  }

  private inputScales(operation: Operation): readonly number[] | undefined {
    const known = operation.inputs.map((input) => this.knownScale(input));
    const missing = new Set(operation.inputs.filter((_, index) => known[index] === undefined));
    if (missing.size === 0) return known.map((scale) => scale ?? Infinity);
    const outputScale = this.classes.scaleOf(operation.output);
    if (operation.kind !== 'eltwise-sum' || missing.size > 1 || outputScale === undefined) return undefined;

    const ranges = operation.inputs.map((input, index): AddendRange | undefined => {
      const scale = known[index];
      return scale === undefined
        ? undefined
        : { threshold: INT8_LIMIT / scale, nonNegative: isNonNegative(input, this.producers) };
    });
    const threshold = missingAddendThreshold(operation, ranges, INT8_LIMIT / outputScale);
    const completed = Math.fround(INT8_LIMIT / threshold);
    if (!Number.isFinite(completed) || completed <= 0) return undefined;
    for (const id of missing) {
      this.notes.push(
        `The table has no scale for blob ${this.blobOf(id)}; it follows from the other inputs and the result of ${operation.layer}.`,
      );
    }
    return known.map((scale) => scale ?? completed);
  }

  private knownScale(id: ValueId): number | undefined {
    const scale = this.classes.scaleOf(id) ?? this.scales.blobScale(id) ?? this.keptInputs.get(id);
    return scale === 0 ? undefined : scale;
  }

  /**
   * Moves that nobody wants in int8 but whose input is nothing but int8 stay there: the same values, a quarter of the bytes.
   */
  private keepMovesInInt8(scales: Map<ValueId, number>): void {
    for (const operation of this.graph.operations) {
      if (this.int8.has(operation) || !movesBytes(operation) || operation.inputs.length !== 1) continue;
      if (this.keepFloat.has(operation.layer)) continue;
      const input = onlyInput(operation);
      const scale = scales.get(input);
      const producer = this.producers.get(input);
      const isInt8Only =
        producer !== undefined && (this.int8.has(producer) || producesInt8(producer, this.weightScales));
      if (scale === undefined || !isInt8Only) continue;
      this.int8.add(operation);
      scales.set(operation.output, scale);
    }
  }

  private blobOf(id: ValueId): string {
    return this.graph.values.get(id)?.blob ?? id;
  }
}

function producesInt8(operation: Operation, weightScales: ReadonlyMap<ConvolutionOperation, unknown>): boolean {
  return operation.kind === 'convolution' && weightScales.has(operation);
}

/** True for what requantises; moves of bytes join by demand, convolutions by the table. */
function hasInt8Arithmetic(operation: Operation): boolean {
  switch (operation.kind) {
    case 'pooling':
      return operation.method === 'average' && operation.activation.kind !== 'leaky';
    case 'eltwise-sum':
      return (
        operation.activation.kind !== 'leaky' && operation.coefficients.every((c) => Number.isFinite(c) && c !== 0)
      );
    case 'activation':
      return operation.activation.kind === 'leaky';
    default:
      return false;
  }
}

function onlyInput(operation: Operation): ValueId {
  return operation.inputs[0];
}

function requireLayers(graph: Graph, keepFloat: ReadonlySet<string>): void {
  const layers = new Set(graph.operations.map(({ layer }) => layer));
  const unknown = [...keepFloat].find((layer) => !layers.has(layer));
  if (unknown === undefined) return;
  throw new CortadoError(
    'quantization.keep-float',
    `There is no layer "${unknown}" to keep in float in what the board runs.`,
    'Write names as "cortado build neon" lists them; a BatchNorm, Scale or ReLU that was merged goes by the name of its convolution.',
    { location: { field: unknown } },
  );
}

function missingScale(layer: string, blob: string): CortadoError {
  return new CortadoError(
    'table.activation-missing',
    `The table has weight scales for layer ${layer}, but no activation scale for blob ${blob}, which it reads.`,
    'Calibrate again with "cortado calibrate", or give the format that the table was written in with --table-format.',
    { location: { field: layer } },
  );
}
