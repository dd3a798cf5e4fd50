import { operationInputs, type QuantizedNetwork } from '../../quantization/quantized-network.ts';
import type { AcceleratorLayer } from './layers.ts';
import type { Placement } from './mapping.ts';

/** Layers that one program runs, or one operation of the processor. */
export type Stage =
  | { readonly kind: 'accelerator'; readonly layers: readonly AcceleratorLayer[] }
  | { readonly kind: 'processor'; readonly operation: number };

/**
 * Orders operations so that what is ready for one side runs before the other side gets its turn: as few crossings as a greedy
 * order has. Within a side the network's order is kept.
 */
export function schedule(network: QuantizedNetwork, placements: readonly Placement[]): readonly Stage[] {
  const written = new Set<number>(network.inputs);
  const left = new Set(network.operations.keys());
  const stages: Stage[] = [];
  const takeReady = (side: Placement['on']): readonly number[] => {
    const taken: number[] = [];
    for (const position of left) {
      const operation = network.operations[position];
      if (placements[position].on !== side || !operationInputs(operation).every((index) => written.has(index)))
        continue;
      written.add(operation.output);
      left.delete(position);
      taken.push(position);
    }
    return taken;
  };
  while (left.size > 0) {
    const before = left.size;
    for (const operation of takeReady('processor')) stages.push({ kind: 'processor', operation });
    const layers = takeReady('accelerator').flatMap((position) => {
      const placement = placements[position];
      return placement.on === 'accelerator' ? [placement.layer] : [];
    });
    if (layers.length > 0) stages.push({ kind: 'accelerator', layers });
    if (left.size === before) throw new Error('the operations of the network are not in order');
  }
  return stages;
}
