import { totalCount } from '../histogram.ts';
import type { ThresholdMethod } from './method.ts';

/**
 * The largest magnitude: nothing saturates. The plain scheme of Krishnamoorthi, "Quantizing deep convolutional networks
 * for efficient inference" (arXiv:1806.08342, section 2), and TensorRT's MinMaxCalibrator.
 */
export const minMax: ThresholdMethod = {
  description: 'the largest magnitude (min-max)',
  counted: 'magnitudes',
  isEmpty: (histogram) => totalCount(histogram) === 0,
  choose: ({ max, counts }) => ({ bin: counts.length, threshold: max, scale: 127 / max }),
};
