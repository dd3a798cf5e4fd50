import { totalCount, type Histogram } from '../histogram.ts';
import type { Threshold, ThresholdMethod } from './method.ts';

/** The best clip of a normal distribution in standard deviations, by bits: Banner et al., table in appendix A. */
const gaussianClip: Readonly<Record<number, number>> = { 6: 3.28691474, 8: 3.92403714 };

/** Of a normal sample's largest magnitude: `std = max * 2 * factor / sqrt(2 ln N)`. */
const gaussianFactor = 0.5 * 0.35 * (1 + Math.sqrt(Math.PI * Math.log(4)));

/**
 * ACIQ as ncnn2table's `quantize_ACIQ` has it: Banner, Nahshan, Hoffer and Soudry, "Post-training 4-bit quantization of
 * convolution networks for rapid-deployment" (arXiv:1810.05723). The blob is taken for normally distributed, its standard
 * deviation is estimated from its largest magnitude and the number of its values for one input, and the best clip for 8
 * bits is 3.92 of them. Weights are clipped in the same way. The threshold may lie above the largest magnitude.
 */
export const aciq: ThresholdMethod = {
  description: 'ACIQ as ncnn2table has it',
  counted: 'magnitudes',
  isEmpty: (histogram) => totalCount(histogram) === 0,
  choose,
  weightThreshold: (largest, count, levels) => clip(largest, count, levels === 31 ? 6 : 8),
};

function choose(histogram: Histogram, valuesPerInput = totalCount(histogram)): Threshold {
  const threshold = clip(histogram.max, valuesPerInput, 8);
  const bin = Math.min(histogram.counts.length, Math.ceil((threshold / histogram.max) * histogram.counts.length));
  return { bin, threshold, scale: Math.fround(127 / threshold) };
}

function clip(largest: number, count: number, bits: number): number {
  // One value has no deviation: the source divides by 0 there.
  if (count < 2) return largest;
  const deviation = (largest * 2 * gaussianFactor) / Math.sqrt(2 * Math.log(count));
  return Math.fround(gaussianClip[bits] * deviation);
}
