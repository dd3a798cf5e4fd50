import type { CountedValues, Histogram } from '../histogram.ts';

/** Where a method cuts a blob's range: values beyond `threshold` saturate. */
export interface Threshold {
  /** The chosen bin, as the method's source counts bins; the last one where the method does not choose by bins. */
  readonly bin: number;
  readonly threshold: number;
  /** `127 / threshold`, rounded as the method's source does. */
  readonly scale: number;
}

/** A way to choose a blob's threshold: how its values are counted, and how the histogram is read. */
export interface ThresholdMethod {
  /** Name and origin, for reports: `KL as caffe-int8-convert-tool.py has it`. */
  readonly description: string;
  readonly counted: CountedValues;
  /** Whether a histogram has anything that the method can go by. */
  readonly isEmpty: (histogram: Histogram) => boolean;
  /** `valuesPerInput`: how many values the blob has for one input; methods that model its distribution want it. */
  readonly choose: (histogram: Histogram, valuesPerInput?: number) => Threshold;
  /**
   * The magnitude that gets the last level where it is not the largest weight: of `count` weights up to `largest`, in
   * 127 levels (8 bits) or 31 (6 bits).
   */
  readonly weightThreshold?: (largest: number, count: number, levels: number) => number;
}
