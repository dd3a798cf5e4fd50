import type { Shape } from '../common/tensor.ts';
import { attributeType, dataType, modelProto } from './schema.ts';

/** A float is written as `{ float: 0.5 }`, since 1 and 1.0 are the same in JavaScript; plain numbers are integers. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

export type Attributes = Readonly<Record<string, Attribute>>;

const opset = 17;
const irVersion = 8;

/** Puts an ONNX model together, node by node. Names given by callers are kept; others are made unique. */
export class OnnxBuilder {
  private readonly nodes: object[] = [];
  private readonly initializers: object[] = [];
  private readonly inputs: object[] = [];
  private readonly outputs: object[] = [];
  private readonly taken: Set<string>;

  /** @param reserved names that intermediate values must not take */
  constructor(
    private readonly name: string,
    reserved: Iterable<string>,
  ) {
    this.taken = new Set(reserved);
  }

  input(name: string, shape: Shape): void {
    this.inputs.push(valueInfo(name, shape));
  }

  output(name: string, shape: Shape): void {
    this.outputs.push(valueInfo(name, shape));
  }

  /** Adds a node with one output and returns the output's name: `output`, or a new one. */
  node(opType: string, inputs: readonly string[], attributes: Attributes = {}, output?: string): string {
    const result = output ?? this.unique(opType);
    this.nodeWithOutputs(opType, inputs, [result], attributes);
    return result;
  }

  nodeWithOutputs(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes = {},
  ): void {
    this.nodes.push({
      opType,
      input: inputs,
      output: outputs,
      name: this.unique(`${opType}:${outputs[0]}`),
      attribute: Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value)),
    });
  }

  /** A float constant. The bytes are not copied before `encode`. */
  floats(shape: Shape, data: Float32Array): string {
    const name = this.unique('constant');
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push({ name, dims: shape, dataType: dataType.float, rawData });
    return name;
  }

  scalar(value: number): string {
    return this.floats([], Float32Array.of(value));
  }

  /** A list of int64: shapes, axes, pads. */
  integers(values: readonly number[]): string {
    const name = this.unique('constant');
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.initializers.push({ name, dims: [values.length], dataType: dataType.int64, rawData });
    return name;
  }

  /** The model's bytes. */
  encode(): Uint8Array {
    const graph = {
      name: this.name === '' ? 'net' : this.name,
      node: this.nodes,
      initializer: this.initializers,
      input: this.inputs,
      output: this.outputs,
    };
    const model = { irVersion, producerName: 'cortado', graph, opsetImport: [{ domain: '', version: opset }] };
    return modelProto.encode(modelProto.fromObject(model)).finish();
  }

  private unique(hint: string): string {
    let name = hint;
    for (let number = this.taken.size; this.taken.has(name); number += 1) name = `${hint}:${number}`;
    this.taken.add(name);
    return name;
  }
}

function valueInfo(name: string, shape: Shape): object {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: dataType.float, shape: { dim } } } };
}

function encodeAttribute(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: attributeType.int };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: attributeType.string };
  if ('float' in value) return { name, f: value.float, type: attributeType.float };
  return { name, ints: value, type: attributeType.ints };
}
