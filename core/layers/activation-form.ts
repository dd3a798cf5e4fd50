import type { Activation, Operation } from '../graph/graph.ts';
import type { LoweringContext } from './kind.ts';

/** The operation of a layer that is an activation alone. */
export function activationOperation(
  { layer, bottoms: [bottom], tops: [top] }: LoweringContext,
  activation: Activation,
): readonly Operation[] {
  return [{ kind: 'activation', layer, inputs: [bottom.id], output: top.id, activation }];
}
