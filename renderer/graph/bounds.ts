import { NODE_HEIGHT, NODE_WIDTH, type Position } from './types.ts';

export interface Bounds extends Position {
  readonly width: number;
  readonly height: number;
}

/** What boxes at these places take; nothing where there are none. */
export function boundsOf(places: readonly Position[]): Bounds {
  if (places.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const xs = places.map(({ x }) => x);
  const ys = places.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) + NODE_WIDTH - x, height: Math.max(...ys) + NODE_HEIGHT - y };
}
