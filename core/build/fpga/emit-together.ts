import { ConvolutionEmitter } from './emit-convolution.ts';
import { VectorEmitter } from './emit-vector.ts';
import type { LayerEmitter } from './layer-emitter.ts';
import { mapRange } from './emit-context.ts';
import type { LayerPlan, Side } from './plan.ts';
import type { ProgramBuilder } from './program-builder.ts';

interface Layer {
  readonly plan: LayerPlan;
  readonly emitter: LayerEmitter;
}

/** A convolution that computes block by block of output channels, and a layer of the vector unit that follows it plane by plane. */
export interface FollowedConvolution {
  readonly convolution: ConvolutionEmitter;
  readonly follower: VectorEmitter;
  readonly plans: readonly [LayerPlan, LayerPlan];
}

/**
 * Where whole maps stay on chip and the vector unit reads what the convolution ahead writes: it can follow block by block in place of
 * waiting for the last one.
 */
export function followedConvolution(first: Layer, second: Layer): FollowedConvolution | undefined {
  const plans = [first.plan, second.plan] as const;
  const { emitter: convolution } = first;
  const { emitter: follower } = second;
  if (!(convolution instanceof ConvolutionEmitter) || !(follower instanceof VectorEmitter)) return undefined;
  if (plans.some(({ bands, handedOver }) => bands.length > 1 || handedOver !== undefined)) return undefined;
  const { storage } = first.plan.output;
  const readsIt = second.plan.inputs.some((side) => side.storage === storage && !side.usesMemory);
  // The follower writes while the convolution still reads.
  const results = wordsOf(second.plan.output);
  const overwrites = first.plan.inputs.map(wordsOf).some(({ from, to }) => from < results.to && to > results.from);
  if (overwrites) return undefined;
  if (!readsIt || first.plan.runsWithNext || !convolution.goesByBlocks(0) || !follower.tables.areHeld) return undefined;
  return { convolution, follower, plans };
}

function wordsOf({ buffers: [map], planes }: Side): { readonly from: number; readonly to: number } {
  return mapRange(map, planes);
}

/** Writes both layers; the result is the convolution's last instruction. */
export function emitFollowed(builder: ProgramBuilder, { convolution, follower, plans }: FollowedConvolution): number {
  const [first, second] = plans;
  const { firstBlock, endBlock } = first.bands[0];
  let last = 0;
  let done = 0;
  for (let block = firstBlock; block < endBlock; block += 1) {
    builder.operation = first.step.layer.operation;
    convolution.computeBlock(0, block);
    last = builder.instructions.length - 1;
    builder.operation = second.step.layer.operation;
    const ready = block + 1 === endBlock ? second.inputs[0].planes : planesReady(first, second, block);
    if (ready > done) follower.computePlanes(0, done, ready);
    done = Math.max(done, ready);
  }
  return last;
}

/** Planes of the second layer's inputs that are written when a block of the first one is. */
function planesReady(first: LayerPlan, second: LayerPlan, block: number): number {
  const { storage, plane, planes } = first.output;
  const written = plane + Math.min(2 * (block + 1), planes);
  const ready = second.inputs.map((side) => (side.storage === storage ? written - side.plane : side.planes));
  return Math.max(0, Math.min(...ready, second.inputs[0].planes));
}
