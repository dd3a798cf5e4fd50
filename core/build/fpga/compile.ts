import type { QuantizedNetwork, TensorIndex } from '../../quantization/quantized-network.ts';
import { Constants } from './constants.ts';
import { emitProgram, STAMP_BYTES, type LayerStamp, type Program } from './emit-program.ts';
import { placeOperation } from './mapping.ts';
import type { MemoryMap } from './map-data.ts';
import { layOutMemory } from './memory-layout.ts';
import type { AcceleratorTarget } from './parts.ts';
import { choosePlans } from './choose-plans.ts';
import { schedule, type Stage } from './schedule.ts';
import { runSteps } from './steps.ts';
import { placeBlobs, type Placed } from './storage.ts';

/** A blob in memory: what the processor writes and reads there. */
export interface BlobInMemory extends MemoryMap {
  /** Bytes from the base of blobs. */
  readonly offset: number;
}

export interface AcceleratorRun {
  readonly kind: 'accelerator';
  readonly program: Program;
  /** Blobs that the processor has to write before, where it made them. */
  readonly inputs: readonly TensorIndex[];
  /** Blobs that the processor may read afterwards. Those of the format raw hold the sums of an int8-to-float convolution. */
  readonly outputs: readonly TensorIndex[];
}

export interface ProcessorRun {
  readonly kind: 'processor';
  /** Position in the network's operations. */
  readonly operation: number;
  readonly reason: string;
}

/** A network as programs of the accelerator and operations of the processor, in execution order. */
export interface CompiledNetwork {
  readonly network: QuantizedNetwork;
  readonly target: AcceleratorTarget;
  readonly runs: readonly (AcceleratorRun | ProcessorRun)[];
  /** Weights and parameters, at the base of constants. */
  readonly constants: Uint8Array;
  /** Blobs that both sides see. */
  readonly blobs: ReadonlyMap<TensorIndex, BlobInMemory>;
  readonly blobBytes: number;
  readonly stampBytes: number;
}

/** The stamps of all programs. */
export function stampsOf(compiled: CompiledNetwork): readonly LayerStamp[] {
  return compiled.runs.flatMap((run) => (run.kind === 'accelerator' ? run.program.stamps : []));
}

/**
 * Compiles a quantised network for an accelerator: decides what runs where, plans buffers and bands, writes programs and weights.
 * What the accelerator cannot run stays on the processor, with the reason.
 *
 * Throws `fpga.does-not-fit` where a layer's single row does not fit the activation buffer.
 */
export function compileNetwork(network: QuantizedNetwork, target: AcceleratorTarget): CompiledNetwork {
  const placements = network.operations.map((_, position) => placeOperation(network, position, target.part));
  const stages = schedule(network, placements);
  const placed = placeBlobs(network, stages);
  const plans = stages.map((stage, number) =>
    stage.kind === 'accelerator' ? choosePlans(placed, runSteps(placed, stage.layers), number, target) : [],
  );
  const inMemory = new Set(
    plans
      .flat()
      .flatMap(({ inputs, output }) =>
        [...inputs, output].filter(({ usesMemory }) => usesMemory).map(({ storage }) => storage),
      ),
  );
  const layout = layOutMemory(placed, inMemory, stages.length);
  const constants = new Constants();
  let stamps = 0;
  const runs = stages.map((stage, number): AcceleratorRun | ProcessorRun => {
    if (stage.kind === 'processor') {
      const placement = placements[stage.operation];
      return {
        kind: 'processor',
        operation: stage.operation,
        reason: placement.on === 'processor' ? placement.reason : '',
      };
    }
    const program = emitProgram(target.part, plans[number], placed, layout.offsets, constants, stamps);
    stamps += program.stamps.length;
    return { kind: 'accelerator', program, ...borders(network, stage, placed) };
  });
  return {
    network,
    target,
    runs,
    constants: constants.bytes(),
    blobs: blobsInMemory(placed, layout.offsets),
    blobBytes: layout.bytes,
    stampBytes: stamps * STAMP_BYTES,
  };
}

/** Blobs that come from outside of a stage, and those that are seen outside. */
function borders(
  network: QuantizedNetwork,
  stage: Extract<Stage, { kind: 'accelerator' }>,
  placed: Placed,
): Pick<AcceleratorRun, 'inputs' | 'outputs'> {
  const own = new Set(stage.layers.map(({ operation }) => operation));
  const written = new Set(stage.layers.map(({ output }) => output));
  const readOutside = new Set([
    ...network.outputs,
    ...network.operations.flatMap((operation, position) =>
      own.has(position) ? [] : 'inputs' in operation ? operation.inputs : [operation.input],
    ),
  ]);
  const inputs = new Set(stage.layers.flatMap((layer) => layer.inputs).filter((index) => !written.has(index)));
  const isRaw = (index: TensorIndex): boolean =>
    placed.storages[placed.places.get(index)?.storage ?? -1]?.format === 'raw';
  return { inputs: [...inputs], outputs: [...written].filter((index) => readOutside.has(index) || isRaw(index)) };
}

function blobsInMemory(placed: Placed, offsets: ReadonlyMap<number, number>): ReadonlyMap<TensorIndex, BlobInMemory> {
  const blobs = new Map<TensorIndex, BlobInMemory>();
  for (const [index, { storage: id, plane, layout }] of placed.places) {
    const offset = offsets.get(id);
    if (offset === undefined) continue;
    const { format, size } = placed.storages[id];
    blobs.set(index, { format, layout, size, offset: offset + plane * size.height * size.width * 16 });
  }
  return blobs;
}
