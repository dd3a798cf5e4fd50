import { expect, it } from 'vitest';
import type { Value } from '../graph/graph.ts';
import { fitsArena } from './lasting-arena.ts';

const networkWith = (...shapes: readonly (readonly number[])[]): Parameters<typeof fitsArena>[0] => ({
  values: new Map(shapes.map((shape, index) => [`v${index}`, { shape } as Value])),
});

it('keeps what may double twice and is still no allocation of 2 GiB', () => {
  const half = [1, 32, 1024, 1024];
  expect(fitsArena(networkWith(half, half))).toBe(true);
  expect(fitsArena(networkWith(half, half, [1]))).toBe(false);
});
