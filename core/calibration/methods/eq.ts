import { totalCount, type Histogram } from '../histogram.ts';
import { klNcnn } from './kl-ncnn.ts';
import type { Threshold, ThresholdMethod } from './method.ts';

/** The search of the source: this many scales between half and twice that of KL. */
const steps = 100;
const lowest = 0.5;
const highest = 2;

/**
 * EQ after ncnn2table's `quantize_EQ`, from Wu et al., "EasyQuant: post-training quantization via scale optimization"
 * (arXiv:2006.16669): of 100 scales from half to twice that of KL, the first with the largest cosine similarity.
 *
 * The source compares a layer's outputs, one forward pass of the layer for every scale, input and channel, which takes
 * it hours; here the similarity is that of the layer's input before and after int8, from the histogram, and the weights
 * keep their full range. Tables so differ from ncnn2table's.
 */
export const eq: ThresholdMethod = {
  description: 'the scale near that of KL with the largest cosine similarity (EQ)',
  counted: 'magnitudes',
  isEmpty: (histogram) => totalCount(histogram) === 0,
  choose,
};

function choose(histogram: Histogram): Threshold {
  const { counts, max } = histogram;
  const start = klNcnn.choose(histogram).scale;
  let largest = -Infinity;
  let scale = start;
  for (let step = 0; step < steps; step++) {
    const candidate = start * (lowest + (step * (highest - lowest)) / steps);
    const similarity = cosine(counts, (candidate * max) / counts.length);
    if (similarity > largest) {
      largest = similarity;
      scale = candidate;
    }
  }
  scale = Math.fround(scale);
  const threshold = 127 / scale;
  return { bin: Math.min(counts.length, Math.round((threshold / max) * counts.length)), threshold, scale };
}

/** Of the values and their int8 form; `scale` is per bin, and each bin's values lie at its middle. */
function cosine(counts: Float64Array, scale: number): number {
  let both = 0;
  let before = 0;
  let after = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const value = bin + 0.5;
    const level = Math.min(127, Math.floor(value * scale + 0.5));
    both += counts[bin] * value * level;
    before += counts[bin] * value * value;
    after += counts[bin] * level * level;
  }
  return after === 0 ? 0 : both / Math.sqrt(before * after);
}
