import type { Graph, Operation, Value, ValueId } from './graph.ts';

/** Who writes and who reads each value of a graph. */
export interface Uses {
  readonly producer: ReadonlyMap<ValueId, Operation>;
  readonly consumers: ReadonlyMap<ValueId, readonly Operation[]>;
}

export function usesOf(graph: Graph): Uses {
  const producer = new Map<ValueId, Operation>();
  const consumers = new Map<ValueId, Operation[]>();
  for (const operation of graph.operations) {
    producer.set(operation.output, operation);
    for (const input of new Set(operation.inputs)) {
      const list = consumers.get(input);
      if (list === undefined) consumers.set(input, [operation]);
      else list.push(operation);
    }
  }
  return { producer, consumers };
}

/** The value of that id; a defect of the caller where there is none. */
export function valueOf(graph: Graph, id: ValueId): Value {
  const value = graph.values.get(id);
  if (value === undefined) throw new RangeError(`the graph has no value ${id}`);
  return value;
}

/** The graph with other operations; values that nothing mentions any more are dropped. */
export function withOperations(
  graph: Graph,
  operations: readonly Operation[],
  values: ReadonlyMap<ValueId, Value> = graph.values,
): Graph {
  const mentioned = new Set([...graph.inputs, ...graph.outputs]);
  for (const { inputs, output } of operations) {
    mentioned.add(output);
    for (const input of inputs) mentioned.add(input);
  }
  return { ...graph, operations, values: new Map([...values].filter(([id]) => mentioned.has(id))) };
}

/** A shape without its trailing ones: 1x10x1x1 and 1x10 hold the same values in the same places. */
export function withoutTrailingOnes(shape: readonly number[]): readonly number[] {
  const last = shape.findLastIndex((extent) => extent !== 1);
  return shape.slice(0, last + 1);
}
