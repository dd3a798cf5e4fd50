import { pointwise } from './geometry.ts';
import type { AcceleratorLayer, ConcatLayer } from './layers.ts';
import { planesOf } from './channel-layout.ts';
import type { RunStep } from './residency.ts';
import type { Place, Placed } from './storage.ts';

const ANY_BYTE = { kind: 'maximum', low: -128, high: 127 } as const;

/** What a program has to run for these layers: aliases vanish, concatenations copy the parts that were not written in place. */
export function runSteps(placed: Placed, layers: readonly AcceleratorLayer[]): readonly RunStep[] {
  const placeOf = (index: number): Place => {
    const place = placed.places.get(index);
    if (place === undefined) throw new Error(`blob ${index} has no place`);
    return place;
  };
  return layers.flatMap((layer): readonly RunStep[] => {
    if (layer.kind === 'alias') return [];
    if (layer.kind === 'concat') return copies(placed, layer, placeOf);
    return [{ layer, inputs: layer.inputs.map(placeOf), output: placeOf(layer.output) }];
  });
}

function copies(placed: Placed, layer: ConcatLayer, placeOf: (index: number) => Place): readonly RunStep[] {
  const whole = placeOf(layer.output);
  const { size } = placed.storages[whole.storage];
  let plane = whole.plane;
  return layer.inputs.flatMap((index): readonly RunStep[] => {
    const input = placeOf(index);
    const output: Place = { storage: whole.storage, plane, layout: input.layout };
    plane += planesOf(input.layout);
    if (input.storage === output.storage && input.plane === output.plane) return [];
    const { operation, name } = layer;
    const copy = {
      kind: 'vector',
      operation,
      name,
      inputs: [index],
      output: layer.output,
      geometry: pointwise(size),
      method: ANY_BYTE,
    } as const;
    return [{ layer: copy, inputs: [input], output }];
  });
}
