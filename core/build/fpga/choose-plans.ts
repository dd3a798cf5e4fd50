import { Constants } from './constants.ts';
import { emitProgram } from './emit-program.ts';
import { estimateProgram } from './estimate.ts';
import { canHandOver } from './hand-over.ts';
import { layOutMemory } from './memory-layout.ts';
import type { AcceleratorTarget } from './parts.ts';
import type { LayerPlan } from './plan.ts';
import { planProgram, type Together } from './planner.ts';
import { Residency, type RunStep } from './residency.ts';
import type { Placed } from './storage.ts';

interface Candidate {
  readonly together: Together;
  readonly plans: readonly LayerPlan[];
  readonly cycles: number;
}

/**
 * Plans a program and improves it as long as the estimate of the whole program says that it gets quicker: first every pair of layers
 * takes turns that can, then one layer after the other hands its result to the next one on chip, then pairs part for which narrower bands
 * cost more than the overlap gains.
 */
export function choosePlans(
  placed: Placed,
  steps: readonly RunStep[],
  stage: number,
  target: AcceleratorTarget,
): readonly LayerPlan[] {
  const everywhere = new Set(placed.storages.map(({ id }) => id));
  const { offsets } = layOutMemory(placed, everywhere, stage + 1);
  const candidate = (together: Together): Candidate => {
    const plans = planProgram(placed, steps, stage, target, together);
    const { instructions } = emitProgram(target.part, plans, placed, offsets, new Constants(), 0);
    return { together, plans, cycles: estimateProgram(instructions, target).cycles };
  };
  const better = (best: Candidate, together: Together): Candidate => {
    const other = candidate(together);
    return other.cycles < best.cycles ? other : best;
  };

  const start: Together = { alone: new Set(), handOver: new Set(), prefersTurns: false };
  let best = better(candidate(start), { ...start, prefersTurns: true });
  const residency = new Residency(placed, steps, stage, target.part, new Set());
  steps.slice(0, -1).forEach((step, index) => {
    if (!canHandOver(residency, target.part, step, steps[index + 1])) return;
    const { together } = best;
    if (index > 0 && together.handOver.has(steps[index - 1])) return;
    best = better(best, { ...together, handOver: new Set([...together.handOver, step]) });
  });
  for (const step of best.plans.filter(({ runsWithNext }) => runsWithNext).map((plan) => plan.step)) {
    const { together } = best;
    const handOver = new Set([...together.handOver].filter((each) => each !== step));
    best = better(best, { ...together, handOver, alone: new Set([...together.alone, step]) });
  }
  return best.plans;
}
