import { channelCount } from '../images/pixels.ts';
import type { Mean, Preprocessing } from '../images/preprocessing.ts';

/** A way to prepare pictures that the network may have been trained with. */
export interface Variant {
  /** Empty for the preprocessing as it is. */
  readonly changes: readonly Change[];
  readonly preprocessing: Preprocessing;
}

export type Change = 'channels swapped' | 'norm 1' | 'norm 1/255' | 'norm 0.017' | 'no mean' | 'usual mean';

/** ImageNet's mean in BGR, as most Caffe networks subtract it. */
const usualMean = [104, 117, 123];
const norms: readonly (readonly [Change, number])[] = [
  ['norm 1', 1],
  ['norm 1/255', 1 / 255],
  ['norm 0.017', 0.017],
];
/** Norms nearer than this factor are the same choice. */
const sameNorm = 1.5;

/** The preprocessing as it is first, then with one likely mistake put right each: channels, norm, mean. */
export function likelyVariants(preprocessing: Preprocessing): readonly Variant[] {
  const { channels, mean, norm } = preprocessing;
  const variants: Variant[] = [{ changes: [], preprocessing }];
  const add = (change: Change, changed: Partial<Preprocessing>): void => {
    variants.push({ changes: [change], preprocessing: { ...preprocessing, ...changed } });
  };
  if (channels !== 'gray')
    add('channels swapped', { channels: channels === 'bgr' ? 'rgb' : 'bgr', mean: swapped(mean) });
  for (const [change, value] of norms) {
    const ratio = norm / value;
    if (ratio > sameNorm || ratio < 1 / sameNorm) add(change, { norm: value });
  }
  if (hasMean(mean))
    add('no mean', { mean: { kind: 'values', values: new Array<number>(channelCount(channels)).fill(0) } });
  else if (channels !== 'gray') {
    const values = channels === 'bgr' ? usualMean : usualMean.toReversed();
    add('usual mean', { mean: { kind: 'values', values } });
  }
  return variants;
}

function hasMean(mean: Mean): boolean {
  return mean.kind === 'image' || mean.values.some((value) => value !== 0);
}

/** The mean goes with its colours. */
function swapped(mean: Mean): Mean {
  if (mean.kind === 'values') return { kind: 'values', values: mean.values.toReversed() };
  const plane = mean.data.length / mean.channels;
  const data = new Float32Array(mean.data.length);
  for (let c = 0; c < mean.channels; c += 1) {
    data.set(mean.data.subarray(c * plane, (c + 1) * plane), (mean.channels - 1 - c) * plane);
  }
  return { ...mean, data };
}
