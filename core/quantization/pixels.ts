import { channelCount } from '../images/pixels.ts';
import { normalisedLevels } from '../images/normalise.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import { quantise } from './arithmetic.ts';

/**
 * What each of the 256 pixel values becomes as int8: 256 entries per channel, in the network's channel order. Undefined for a
 * mean image, whose pixels take the formula one by one.
 *
 * @param scale of the network's int8 input
 */
export function pixelTable(preprocessing: Preprocessing, scale: number): Int8Array | undefined {
  if (preprocessing.mean.kind === 'image') return undefined;
  const channels = channelCount(preprocessing.channels);
  const table = new Int8Array(256 * channels);
  for (let channel = 0; channel < channels; channel += 1) {
    normalisedLevels(preprocessing, channel).forEach((level, pixel) => {
      table[256 * channel + pixel] = quantise(level, scale);
    });
  }
  return table;
}
