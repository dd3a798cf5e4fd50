import { Constants } from './constants.ts';
import { emitProgram } from './emit-program.ts';
import { estimateProgram } from './estimate.ts';
import { layOutMemory } from './memory-layout.ts';
import type { AcceleratorTarget } from './parts.ts';
import type { LayerPlan } from './plan.ts';
import { planProgram } from './planner.ts';
import type { RunStep } from './residency.ts';
import type { Placed } from './storage.ts';

/**
 * Plans a program with every pair of layers that can take turns, then parts each pair for which the estimate of the whole program says
 * that it is quicker alone: what two layers load twice at the borders of narrower bands can cost more than the overlap gains.
 */
export function choosePlans(
  placed: Placed,
  steps: readonly RunStep[],
  stage: number,
  target: AcceleratorTarget,
): readonly LayerPlan[] {
  const everywhere = new Set(placed.storages.map(({ id }) => id));
  const { offsets } = layOutMemory(placed, everywhere, stage + 1);
  const cyclesOf = (plans: readonly LayerPlan[]): number =>
    estimateProgram(emitProgram(target.part, plans, placed, offsets, new Constants(), 0).instructions, target).cycles;

  const starts = [false, true].map((prefersTurns) => {
    const plans = planProgram(placed, steps, stage, target, new Set(), prefersTurns);
    return { prefersTurns, plans, cycles: cyclesOf(plans) };
  });
  let best = starts[1].cycles < starts[0].cycles ? starts[1] : starts[0];
  const alone = new Set<RunStep>();
  for (const step of best.plans.filter(({ runsWithNext }) => runsWithNext).map((plan) => plan.step)) {
    const plans = planProgram(placed, steps, stage, target, new Set([...alone, step]), best.prefersTurns);
    const cycles = cyclesOf(plans);
    if (cycles >= best.cycles) continue;
    alone.add(step);
    best = { ...best, plans, cycles };
  }
  return best.plans;
}
