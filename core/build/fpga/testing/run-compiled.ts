import { execute, type BlobData } from '../../../quantization/execute/execute.ts';
import { applyActivation } from '../../../quantization/execute/activation.ts';
import type { QuantizedOperation, TensorIndex } from '../../../quantization/quantized-network.ts';
import { operationInputs } from '../../../quantization/quantized-network.ts';
import type { AcceleratorRun, CompiledNetwork } from '../compile.ts';
import { packMap, unpackMap, unpackSums } from '../map-data.ts';
import { memoryBytesPerCycle } from '../parts.ts';
import { simulate, type MemoryModel, type SimulatedRun } from './simulation.ts';

const ALIGNMENT = 4096;

export interface CompiledResult {
  readonly blobs: ReadonlyMap<TensorIndex, BlobData>;
  readonly runs: readonly SimulatedRun[];
  /** Cycle counter by operation. */
  readonly stamps: ReadonlyMap<number, number>;
}

/** Runs a compiled network: its programs on the simulated accelerator, the rest by the reference executor. */
export async function runCompiled(
  compiled: CompiledNetwork,
  inputs: readonly BlobData[],
  memory: Partial<MemoryModel> = {},
): Promise<CompiledResult> {
  const blobs = new Map<TensorIndex, BlobData>();
  const runs: SimulatedRun[] = [];
  const stamps = new Map<number, number>();
  compiled.network.inputs.forEach((index, position) => blobs.set(index, inputs[position]));
  const image = new Image(compiled);
  for (const run of compiled.runs) {
    if (run.kind === 'processor') {
      const operation = compiled.network.operations[run.operation];
      blobs.set(operation.output, await onProcessor(compiled, operation, blobs));
      continue;
    }
    runs.push(
      image.run(run, blobs, {
        bytesPerCycle: memoryBytesPerCycle(compiled.target),
        latency: 40,
        stall: 0,
        seed: 1,
        ...memory,
      }),
    );
    for (const { operation, index } of run.program.stamps) stamps.set(operation, image.stamp(index));
  }
  return { blobs, runs, stamps };
}

async function onProcessor(
  compiled: CompiledNetwork,
  operation: QuantizedOperation,
  blobs: ReadonlyMap<TensorIndex, BlobData>,
): Promise<BlobData> {
  const indices = [...new Set(operationInputs(operation))];
  const single = { ...compiled.network, inputs: indices, outputs: [operation.output], operations: [operation] };
  const [result] = await execute(
    single,
    indices.map((index) => blobs.get(index) ?? new Int8Array()),
  );
  return result;
}

/** The memory of a board: blobs, constants, stamps and the program that runs. */
class Image {
  private readonly bytes: Uint8Array;
  private readonly bases: readonly number[];
  private readonly programAt: number;

  constructor(private readonly compiled: CompiledNetwork) {
    const longest = Math.max(
      0,
      ...compiled.runs.map((run) => (run.kind === 'accelerator' ? run.program.instructions.length : 0)),
    );
    const sizes = [compiled.blobBytes, compiled.constants.length, compiled.stampBytes, longest * 16];
    const starts: number[] = [];
    let end = 0;
    for (const size of sizes) {
      starts.push(end);
      end = Math.ceil((end + size + 1) / ALIGNMENT) * ALIGNMENT;
    }
    // Arbitrary bytes show what a program reads without having written it.
    this.bytes = new Uint8Array(end).fill(0x55);
    this.bytes.set(compiled.constants, starts[1]);
    this.bases = [starts[0], starts[1], starts[2], 0];
    this.programAt = starts[3];
  }

  run(run: AcceleratorRun, blobs: Map<TensorIndex, BlobData>, memory: MemoryModel): SimulatedRun {
    const { network, target } = this.compiled;
    for (const index of run.inputs) {
      const data = blobs.get(index);
      if (!(data instanceof Int8Array)) throw new Error(`blob ${index} is not int8`);
      const map = this.compiled.blobs.get(index);
      if (map !== undefined) packMap(map, data, this.bytes.subarray(this.bases[0] + map.offset));
    }
    const words = run.program.instructions.flatMap((instruction) => [...instruction.words]);
    this.bytes.set(new Uint8Array(Uint32Array.from(words).buffer), this.programAt);
    const program = { offset: this.programAt, instructions: run.program.instructions.length };
    const result = simulate(target.part, this.bytes, program, this.bases, memory);
    for (const index of run.outputs) {
      const map = this.compiled.blobs.get(index);
      if (map === undefined) throw new Error(`blob ${network.tensors[index].name} is not in memory`);
      const at = this.bytes.subarray(this.bases[0] + map.offset);
      blobs.set(index, map.format === 'raw' ? this.float(index, unpackSums(map, at)) : unpackMap(map, at));
    }
    return result;
  }

  stamp(index: number): number {
    const view = new DataView(this.bytes.buffer);
    return view.getUint32(this.bases[2] + index * 8, true);
  }

  /** Sums as the float blob of their convolution. */
  private float(index: TensorIndex, sums: Int32Array): Float32Array {
    const { network } = this.compiled;
    const { shape } = network.tensors[index];
    const operation = network.operations.find(({ output }) => output === index);
    if (operation?.kind !== 'convolution' || operation.form.kind !== 'int8-to-float') throw new Error('no sums');
    const { outputFactor, activation } = operation.form;
    const area = sums.length / operation.outputChannels;
    const values = Float32Array.from(sums, (sum, i) => Math.fround(sum) * outputFactor[Math.floor(i / area)]);
    applyActivation(values, shape, activation);
    return values;
  }
}
