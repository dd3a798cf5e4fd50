import { channelCount } from './pixels.ts';
import type { Preprocessing } from './preprocessing.ts';

/**
 * The network's input from 8-bit pixels (channels x height x width, as `decodeToPixels` returns them):
 * `(pixel - mean) * norm`, every step rounded to float32 as Caffe computes it. Throws a RangeError where the pixels are
 * not of `crop`'s size (a defect of the caller).
 */
export function normalise(pixels: Uint8Array, preprocessing: Preprocessing): Float32Array {
  const { crop, channels, mean } = preprocessing;
  const planeSize = crop.width * crop.height;
  const planes = channelCount(channels);
  if (pixels.length !== planes * planeSize) {
    throw new RangeError(`${pixels.length} pixels for ${planes} x ${crop.height} x ${crop.width}`);
  }
  const result = new Float32Array(pixels.length);
  if (mean.kind === 'image') {
    for (let i = 0; i < pixels.length; i++) {
      result[i] = normalisedPixel(pixels[i], mean.data[i], preprocessing.norm);
    }
    return result;
  }
  for (let c = 0; c < planes; c++) {
    const table = normalisedLevels(preprocessing, c);
    for (let i = c * planeSize; i < (c + 1) * planeSize; i++) result[i] = table[pixels[i]];
  }
  return result;
}

/** What each of the 256 pixel values of channel `channel` becomes under a mean of values. */
export function normalisedLevels(preprocessing: Preprocessing, channel: number): Float32Array {
  const { mean, norm } = preprocessing;
  if (mean.kind !== 'values') throw new RangeError('a mean image has no table of levels');
  const value = mean.values[channel] ?? 0;
  return Float32Array.from({ length: 256 }, (_, pixel) => normalisedPixel(pixel, value, norm));
}

/** `(pixel - mean) * norm` in float32. */
export function normalisedPixel(pixel: number, mean: number, norm: number): number {
  return Math.fround(Math.fround(pixel - Math.fround(mean)) * Math.fround(norm));
}
