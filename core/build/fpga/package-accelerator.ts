import type { TensorIndex } from '../../quantization/quantized-network.ts';
import { operationInputs } from '../../quantization/quantized-network.ts';
import type { PackageAccelerator, PackageRun } from '../package/accelerator.ts';
import type { AcceleratorRun, CompiledNetwork } from './compile.ts';
import { estimateProgram } from './estimate.ts';
import type { AcceleratorPart, AcceleratorTarget } from './parts.ts';
import type { Instruction } from './program-builder.ts';

const INSTRUCTION_BYTES = 16;
const ROWS_PER_SET = 8;
const WORDS_PER_BLOCK = 2048;

/** The register CONFIG of a part (docs/fpga/instructions.md, "Registers"). */
export function configRegister({ streams, words, depth, weightSets }: AcceleratorPart): number {
  return ((streams << 28) | ((words / WORDS_PER_BLOCK) << 24) | (depth << 16) | (weightSets * ROWS_PER_SET)) >>> 0;
}

/**
 * A compiled network as a package has it. The network's operations must be in execution order (inExecutionOrder).
 *
 * Blobs cross only where the other side needs them: what one program leaves in shared memory for another stays there.
 */
export function packageAccelerator(compiled: CompiledNetwork, fingerprint: number): PackageAccelerator {
  const { target, blobs } = compiled;
  const wanted = processorReads(compiled);
  const made = new Set<TensorIndex>();
  let position = 0;
  const runs = compiled.runs.flatMap((run, index): readonly PackageRun[] => {
    const first = position;
    if (run.kind === 'processor') {
      if (run.operation !== first) throw new Error('the operations are not in execution order');
      position += 1;
      return [];
    }
    const next = compiled.runs.at(index + 1);
    position = next?.kind === 'processor' ? next.operation : compiled.network.operations.length;
    const inputs = run.inputs.filter((blob) => !made.has(blob) && blobs.has(blob));
    for (const blob of run.outputs) made.add(blob);
    const outputs = run.outputs.filter((blob) => wanted.has(blob));
    return [packageRun(run, { firstOperation: first, operations: position - first, inputs, outputs }, target)];
  });
  return {
    part: target.part.name,
    board: target.board,
    config: configRegister(target.part),
    fingerprint,
    clockHz: target.clockHz,
    memoryBytesPerSecond: target.memoryBytesPerSecond,
    constants: compiled.constants,
    blobBytes: compiled.blobBytes,
    stampBytes: compiled.stampBytes,
    blobs: [...blobs].map(([tensor, { format, layout, offset }]) => ({ tensor, format, layout, offset })),
    runs,
  };
}

/** Blobs that the processor's operations read, and the network's outputs. */
function processorReads({ network, runs }: CompiledNetwork): ReadonlySet<TensorIndex> {
  const reads = runs.flatMap((run) =>
    run.kind === 'processor' ? operationInputs(network.operations[run.operation]) : [],
  );
  return new Set([...network.outputs, ...reads]);
}

function packageRun(
  { program }: AcceleratorRun,
  borders: Pick<PackageRun, 'firstOperation' | 'operations' | 'inputs' | 'outputs'>,
  target: AcceleratorTarget,
): PackageRun {
  const estimate = estimateProgram(program.instructions, target);
  const layers = new Map(estimate.layers.map((layer) => [layer.operation, layer]));
  return {
    ...borders,
    program: programBytes(program.instructions),
    stamps: program.stamps.map(({ operation, index }) => ({
      operation,
      index,
      estimatedEnd: layers.get(operation)?.end ?? 0,
      estimatedBytes: layers.get(operation)?.bytes ?? 0,
    })),
    estimatedCycles: estimate.cycles,
    estimatedBytes: estimate.bytes,
  };
}

function programBytes(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  instructions.forEach(({ words }, index) => {
    words.forEach((word, i) => {
      view.setUint32(index * INSTRUCTION_BYTES + i * 4, word, true);
    });
  });
  return bytes;
}
