import type { Graph, ValueId } from '../graph/graph.ts';
import type { QuantizedOperation, QuantizedTensor, TensorIndex } from './quantized-network.ts';

interface Forms {
  int8?: TensorIndex;
  float32?: TensorIndex;
}

/** Collects tensors and operations, and converts a value at the first reader that wants its other form. */
export class Emitter {
  readonly operations: QuantizedOperation[] = [];
  private readonly records: { readonly id: ValueId; readonly type: 'int8' | 'float32' }[] = [];
  private readonly forms = new Map<ValueId, Forms>();
  private readonly layers = new Map<ValueId, string>();

  /** @param scales of the values that may be held as int8 */
  constructor(
    private readonly graph: Graph,
    private readonly scales: ReadonlyMap<ValueId, number>,
  ) {}

  input(id: ValueId, asFloat: boolean): TensorIndex {
    return this.define(id, asFloat ? 'float32' : 'int8', id);
  }

  /** The tensor that an operation writes. */
  define(id: ValueId, type: 'int8' | 'float32', layer: string): TensorIndex {
    const index = this.records.length;
    this.records.push({ id, type });
    this.forms.set(id, { ...this.forms.get(id), [type]: index });
    if (!this.layers.has(id)) this.layers.set(id, layer);
    return index;
  }

  emit(operation: QuantizedOperation): void {
    this.operations.push(operation);
  }

  asInt8(id: ValueId, layer: string): TensorIndex {
    const { int8, float32 } = this.formsOf(id);
    if (int8 !== undefined) return int8;
    if (float32 === undefined) throw undefinedValue(id);
    const output = this.define(id, 'int8', layer);
    this.emit({ kind: 'quantize', layer, input: float32, output });
    return output;
  }

  asFloat(id: ValueId, layer: string): TensorIndex {
    const { int8, float32 } = this.formsOf(id);
    if (float32 !== undefined) return float32;
    if (int8 === undefined) throw undefinedValue(id);
    const output = this.define(id, 'float32', layer);
    this.emit({ kind: 'dequantize', layer, input: int8, output, factor: Math.fround(1 / this.scaleOf(id)) });
    return output;
  }

  isInt8Only(id: ValueId): boolean {
    const { int8, float32 } = this.formsOf(id);
    return int8 !== undefined && float32 === undefined;
  }

  /** The layer that wrote a value first. */
  layerOf(id: ValueId): string {
    return this.layers.get(id) ?? id;
  }

  tensor(index: TensorIndex): QuantizedTensor {
    const record = this.records[index];
    const value = this.graph.values.get(record.id);
    if (value === undefined) throw undefinedValue(record.id);
    // The float form keeps the plain name: it is the one that users meet, as a network output.
    const hasBoth = this.formsOf(record.id).float32 !== undefined && this.formsOf(record.id).int8 !== undefined;
    return {
      name: record.type === 'int8' && hasBoth ? `${record.id}@int8` : record.id,
      // Boards know no blob without axes.
      shape: value.shape.length === 0 ? [1] : value.shape,
      type: record.type,
      scale: record.type === 'int8' ? this.scaleOf(record.id) : 0,
    };
  }

  tensors(): readonly QuantizedTensor[] {
    return this.records.map((_, index) => this.tensor(index));
  }

  private formsOf(id: ValueId): Forms {
    return this.forms.get(id) ?? {};
  }

  private scaleOf(id: ValueId): number {
    const scale = this.scales.get(id);
    if (scale === undefined) throw new Error(`value ${id} has no scale`);
    return scale;
  }
}

function undefinedValue(id: ValueId): Error {
  return new Error(`value ${id} is read before it is written`);
}
