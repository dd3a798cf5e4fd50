import { one, some, type LayerKind } from './kind.ts';
import { sameValues } from './same-values.ts';

/** Caffe's Split: every top is the bottom. */
export const split: LayerKind = {
  types: ['Split'],
  bottoms: one,
  tops: some,
  parse(layer) {
    const topCount = layer.strings('top').length;
    return sameValues('', (bottom) => Array.from({ length: topCount }, () => bottom));
  },
};
