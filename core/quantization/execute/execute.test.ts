import { describe, expect, it } from 'vitest';
import { randomSource } from '../../common/random.ts';
import { elementCount } from '../../common/tensor.ts';
import type { Graph } from '../../graph/graph.ts';
import { interpret } from '../../graph/interpret.ts';
import { quantizeNetwork } from '../quantize.ts';
import type { QuantizedNetwork, QuantizedOperation, TensorIndex } from '../quantized-network.ts';
import { randomInputs } from '../testing/graph-builder.ts';
import { randomGraph } from '../testing/random-graph.ts';
import { withOffsets, withPadValue } from '../testing/stored-offsets.ts';
import { tableOf } from '../testing/tables.ts';
import { quantiseBlob } from './convert.ts';
import { execute, type BlobData } from './execute.ts';
import { naiveOperation } from '../testing/naive-operation.ts';

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

/** Float inputs in the form that a network takes. */
function prepared(network: QuantizedNetwork, inputs: readonly Float32Array[]): readonly BlobData[] {
  return network.inputs.map((index, position) => {
    const { type, scale } = network.tensors[index];
    return type === 'int8' ? quantiseBlob(inputs[position], scale) : inputs[position];
  });
}

function interpreted(graph: Graph, inputs: readonly Float32Array[]): readonly Float32Array[] {
  const tensors = new Map(
    graph.inputs.map((id, index) => [id, { shape: graph.values.get(id)?.shape ?? [], data: inputs[index] }]),
  );
  const results = interpret(graph, tensors);
  return graph.outputs.map((id) => results.get(id)?.data ?? new Float32Array());
}

/** Signal to quantisation noise in decibels. */
function sqnr(expected: Float32Array, actual: BlobData): number {
  let signal = 0;
  let noise = 0;
  expected.forEach((value, index) => {
    signal += value * value;
    noise += (value - actual[index]) ** 2;
  });
  return 10 * Math.log10(signal / noise);
}

describe.each(SEEDS)('random network %i', (seed) => {
  const graph = randomGraph(seed);
  const inputs = randomInputs(graph, seed + 100);
  const padded = withPadValue(graph, seed % 2 === 0 ? 0 : -0.1);
  const offset = seed % 3 === 0 ? 0 : 0.2;

  it('in fp32 equals the graph interpreter', async () => {
    const { network } = quantizeNetwork(graph, undefined, 'fp32');
    const outputs = await execute(network, inputs);
    interpreted(graph, inputs).forEach((expected, position) => {
      expected.forEach((value, index) => {
        expect(outputs[position][index]).toBeCloseTo(value, 5);
      });
    });
  });

  it.each(['layer', 'blob'] as const)('in int8, with a table keyed by %s, comes close to float', async (key) => {
    const stored = withOffsets(padded, inputs, key, offset);
    const { network } = quantizeNetwork(stored, tableOf(stored, inputs, key), 'int8');
    const outputs = await execute(network, prepared(network, inputs));
    interpreted(stored, inputs).forEach((expected, position) => {
      expect(sqnr(expected, outputs[position]), graph.outputs[position]).toBeGreaterThan(20);
    });
  });

  it('computes every int8 operation as its definition says', async () => {
    const stored = withOffsets(padded, inputs, 'blob', offset);
    const { network } = quantizeNetwork(stored, tableOf(stored, inputs, 'blob'), 'int8');
    const blobs = new Map<TensorIndex, BlobData>();
    const onBlob = (index: TensorIndex, data: BlobData): void => {
      blobs.set(index, data);
    };
    await execute(network, prepared(network, inputs), { onBlob });
    let compared = 0;
    for (const operation of network.operations) {
      const expected = naiveOperation(network, operation, blobs);
      if (expected === undefined) continue;
      compared += 1;
      expect(Array.from(blobs.get(operation.output) ?? []), describeOperation(operation)).toEqual(expected);
    }
    expect(compared).toBeGreaterThan(4);
  });
});

function describeOperation(operation: QuantizedOperation): string {
  return `${operation.kind} ${operation.layer}`;
}

describe('execute', () => {
  const graph = randomGraph(1);
  const { network } = quantizeNetwork(graph, undefined, 'fp32');
  const random = randomSource(9);
  const input = Float32Array.from({ length: elementCount(network.tensors[0].shape) }, random);

  it('stops at once when it is aborted', async () => {
    const controller = new AbortController();
    const running = execute(network, [input], {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 2) controller.abort();
      },
    });
    await expect(running).rejects.toThrow(/abort/i);
  });

  it('tells its progress', async () => {
    const seen: number[] = [];
    await execute(network, [input], { onProgress: ({ done }) => seen.push(done) });
    expect(seen).toEqual(network.operations.map((_, index) => index + 1));
  });

  it('refuses inputs of the wrong length', async () => {
    await expect(execute(network, [input.subarray(1)])).rejects.toThrow(RangeError);
  });
});
