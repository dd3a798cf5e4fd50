import type { QuantizedNetwork, QuantizedOperation } from '../../quantization/quantized-network.ts';
import { elementCount } from '../../common/tensor.ts';
import type { PackageAccelerator } from '../package/accelerator.ts';
import type { CompiledNetwork } from './compile.ts';
import { macsPerCycle } from './parts.ts';

/** One operation of the network, in execution order. */
export interface PlannedLayer {
  /** Name of the Caffe layer. */
  readonly layer: string;
  /** `convolution`, `pooling`, … */
  readonly kind: string;
  readonly runsOn: 'accelerator' | 'processor';
  /** Why it stays on the processor. */
  readonly reason: string | null;
  /** Multiply-accumulates of convolutions and inner products. */
  readonly macs: number;
  /** Estimated; null on the processor. Layers overlap: this is what the program takes longer for this one. */
  readonly cycles: number | null;
  /** Estimated bytes over all memory ports; null on the processor. */
  readonly bytes: number | null;
}

/** What a package asks of the accelerator and of the processor beside it, before anything runs. Plain data. */
export interface AcceleratorPlan {
  readonly board: string;
  readonly part: string;
  readonly clockHz: number;
  /** Assumed of the board's memory. */
  readonly memoryBytesPerSecond: number;
  /** Programs, between which the processor has its turn. */
  readonly programs: number;
  /** Estimated, of all programs; the processor's time is not in it. */
  readonly cycles: number;
  readonly nanoseconds: number;
  readonly bytes: number;
  /** Multiply-accumulates on the accelerator. */
  readonly macs: number;
  /** `macs` of what the array could do in `cycles`. */
  readonly efficiency: number;
  /** Memory that both sides share. */
  readonly sharedBytes: number;
  readonly layers: readonly PlannedLayer[];
}

/** Tells what was planned, layer by layer. */
export function planSummary(compiled: CompiledNetwork, accelerator: PackageAccelerator): AcceleratorPlan {
  const { network, target, runs } = compiled;
  const reasons = new Map(runs.flatMap((run) => (run.kind === 'processor' ? [[run.operation, run.reason]] : [])));
  const estimates = new Map(accelerator.runs.flatMap((run) => [...layerEstimates(run)]));
  const layers = network.operations.map((operation, position): PlannedLayer => {
    const reason = reasons.get(position) ?? null;
    const estimate = estimates.get(position) ?? { cycles: 0, bytes: 0 };
    return {
      layer: operation.layer,
      kind: operation.kind,
      runsOn: reason === null ? 'accelerator' : 'processor',
      reason,
      macs: multiplyAccumulates(network, operation),
      cycles: reason === null ? estimate.cycles : null,
      bytes: reason === null ? estimate.bytes : null,
    };
  });
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const cycles = sum(accelerator.runs.map(({ estimatedCycles }) => estimatedCycles));
  const macs = sum(layers.map((layer) => (layer.runsOn === 'accelerator' ? layer.macs : 0)));
  return {
    board: target.board,
    part: target.part.name,
    clockHz: target.clockHz,
    memoryBytesPerSecond: target.memoryBytesPerSecond,
    programs: accelerator.runs.length,
    cycles,
    nanoseconds: Math.round((cycles / target.clockHz) * 1e9),
    bytes: sum(accelerator.runs.map(({ estimatedBytes }) => estimatedBytes)),
    macs,
    efficiency: cycles === 0 ? 0 : macs / (macsPerCycle(target.part) * cycles),
    sharedBytes:
      accelerator.blobBytes +
      accelerator.stampBytes +
      accelerator.constants.length +
      sum(accelerator.runs.map(({ program }) => program.length)),
    layers,
  };
}

/** By operation. Stamps are ends; what a layer takes is the time since the end before it. */
function layerEstimates({
  stamps,
}: PackageAccelerator['runs'][number]): ReadonlyMap<number, { readonly cycles: number; readonly bytes: number }> {
  const estimates = new Map<number, { readonly cycles: number; readonly bytes: number }>();
  let before = 0;
  for (const { operation, estimatedEnd, estimatedBytes } of stamps.toSorted(
    (a, b) => a.estimatedEnd - b.estimatedEnd,
  )) {
    const soFar = estimates.get(operation)?.cycles ?? 0;
    estimates.set(operation, { cycles: soFar + estimatedEnd - before, bytes: estimatedBytes });
    before = estimatedEnd;
  }
  return estimates;
}

function multiplyAccumulates(network: QuantizedNetwork, operation: QuantizedOperation): number {
  if (operation.kind !== 'convolution') return 0;
  const perOutput = operation.form.weights.length / operation.outputChannels;
  return elementCount(network.tensors[operation.output].shape) * perOutput;
}
