import type { Graph } from '../../../graph/graph.ts';
import { elementCount } from '../../../common/tensor.ts';
import { quantiseBlob } from '../../../quantization/execute/convert.ts';
import { execute, type BlobData } from '../../../quantization/execute/execute.ts';
import { quantizeNetwork } from '../../../quantization/quantize.ts';
import type { QuantizedNetwork, TensorIndex } from '../../../quantization/quantized-network.ts';
import { randomInputs } from '../../../quantization/testing/graph-builder.ts';
import { tableOf } from '../../../quantization/testing/tables.ts';
import { compileNetwork, type CompiledNetwork } from '../compile.ts';
import type { AcceleratorTarget } from '../parts.ts';
import { runCompiled, type CompiledResult } from './run-compiled.ts';
import type { MemoryModel } from './simulation.ts';

/** A graph in int8 by the largest magnitudes of its own random inputs. */
export function quantizedOf(
  graph: Graph,
  seed: number,
): { readonly network: QuantizedNetwork; readonly inputs: readonly BlobData[] } {
  const inputs = randomInputs(graph, seed);
  const { network } = quantizeNetwork(graph, tableOf(graph, inputs, 'blob'), 'int8');
  return { network, inputs: inputsOf(network, inputs) };
}

/** Float inputs in the form that a network takes. */
export function inputsOf(network: QuantizedNetwork, inputs: readonly Float32Array[]): readonly BlobData[] {
  return network.inputs.map((index, position) => {
    const { type, scale } = network.tensors[index];
    return type === 'int8' ? quantiseBlob(inputs[position], scale) : inputs[position];
  });
}

export interface Comparison extends CompiledResult {
  readonly compiled: CompiledNetwork;
  /** Blobs with a value that differs from the reference executor's. */
  readonly different: readonly string[];
  readonly values: number;
}

/** Compiles a network, runs it on the simulated accelerator and holds every blob that leaves it against the reference executor. */
export async function compare(
  network: QuantizedNetwork,
  inputs: readonly BlobData[],
  target: AcceleratorTarget,
  memory: Partial<MemoryModel> = {},
): Promise<Comparison> {
  const compiled = compileNetwork(network, target);
  const expected = new Map<TensorIndex, BlobData>();
  await execute(network, inputs, { onBlob: (index, data) => expected.set(index, data) });
  const result = await runCompiled(compiled, inputs, memory);
  const different: string[] = [];
  let values = 0;
  for (const [index, data] of result.blobs) {
    const { name, shape } = network.tensors[index];
    const wanted = expected.get(index);
    values += elementCount(shape);
    if (wanted?.length !== data.length || !data.every((value: number, i: number) => value === wanted[i]))
      different.push(name);
  }
  return { ...result, compiled, different, values };
}
