import protobuf from 'protobufjs/light.js';

// Models of other writers, as far as their wiring goes: what lies below (constants, attributes, types) stays in its bytes.
const shallow = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'GraphProto', id: 7 },
        opsetImport: { rule: 'repeated', type: 'bytes', id: 8 },
      },
    },
    GraphProto: {
      fields: {
        node: { rule: 'repeated', type: 'NodeProto', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'bytes', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfoProto', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfoProto', id: 12 },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'AttributeProto', id: 5 },
        domain: { type: 'string', id: 7 },
      },
    },
    AttributeProto: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        t: { type: 'bytes', id: 5 },
        floats: { rule: 'repeated', type: 'float', id: 7, options: { packed: false } },
        ints: { rule: 'repeated', type: 'int64', id: 8, options: { packed: false } },
        strings: { rule: 'repeated', type: 'bytes', id: 9 },
        type: { type: 'int32', id: 20 },
      },
    },
    ValueInfoProto: { fields: { name: { type: 'string', id: 1 }, type: { type: 'bytes', id: 2 } } },
  },
});

export const shallowModelProto = shallow.lookupType('ModelProto');

/** What `shallowModelProto.decode` returns, as far as it is looked at. */
export interface ShallowModel {
  readonly graph: ShallowGraph;
}

export interface ShallowGraph {
  node: readonly ShallowNode[];
  readonly input: readonly { readonly name: string }[];
  output: readonly { readonly name: string; readonly type: Uint8Array }[];
}

export interface ShallowNode {
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  /** Integers as text says them, whatever holds 64 bits. */
  readonly attribute: readonly { readonly name: string; readonly i: { toString(): string } }[];
}
