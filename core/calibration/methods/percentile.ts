import { totalCount, type Histogram } from '../histogram.ts';
import type { Threshold, ThresholdMethod } from './method.ts';

/** Share of the values that are kept, as in the source. */
const kept = 0.9999;

/**
 * The magnitude below which 99.99 % of the values that are not 0 lie, to the upper edge of its bin: McKinstry et al.,
 * "Discovering low-precision networks close to full-precision networks" (arXiv:1809.04191, section 3.1). Zeros are left
 * out, since how many there are after a ReLU says nothing of the range.
 */
export const percentile: ThresholdMethod = {
  description: 'the magnitude of 99.99 % of the values (percentile)',
  counted: 'magnitudes',
  isEmpty: (histogram) => totalCount(histogram) === 0,
  choose,
};

function choose(histogram: Histogram): Threshold {
  const { counts, max } = histogram;
  const wanted = kept * totalCount(histogram);
  let sum = 0;
  let bin = 0;
  while (bin < counts.length - 1 && sum + counts[bin] < wanted) sum += counts[bin++];
  const threshold = ((bin + 1) * max) / counts.length;
  return { bin, threshold, scale: 127 / threshold };
}
