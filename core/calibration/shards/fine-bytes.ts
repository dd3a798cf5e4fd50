import { FineHistogram } from '../fine-histogram.ts';
import { VarintReader, VarintWriter } from './varints.ts';

/** Facts of a histogram in front of its bins, as float64. */
const factCount = 8;
const mostBins = 2 ** 24;

/**
 * Histograms one after the other, little endian: min, max, count, notFinite, zeros, smallNegatives, exponent and fineBins of
 * each as float64; then all bins as varints, for each histogram the number of bins that are not empty and for each of those its
 * distance from the one before and its count.
 */
export function fineBytes(histograms: readonly FineHistogram[]): Uint8Array {
  const facts = new DataView(new ArrayBuffer(8 * factCount * histograms.length));
  const bins = new VarintWriter();
  histograms.forEach((histogram, place) => {
    const { range, fineBins, exponent, zeros, smallNegatives, counts } = histogram.snapshot();
    const { min, max, count, notFinite } = range;
    [min, max, count, notFinite, zeros, smallNegatives, exponent, fineBins].forEach((value, fact) => {
      facts.setFloat64(8 * (factCount * place + fact), value, true);
    });
    bins.write(counts.reduce((sum, binCount) => sum + (binCount > 0 ? 1 : 0), 0));
    let before = 0;
    counts.forEach((binCount, bin) => {
      if (binCount === 0) return;
      bins.write(bin - before);
      bins.write(binCount);
      before = bin;
    });
  });
  const tail = bins.finish();
  const bytes = new Uint8Array(facts.byteLength + tail.length);
  bytes.set(new Uint8Array(facts.buffer));
  bytes.set(tail, facts.byteLength);
  return bytes;
}

/** Reads `count` histograms that `fineBytes` wrote. Throws a RangeError for what it would not have written. */
export function readFineBytes(bytes: Uint8Array, count: number): readonly FineHistogram[] {
  const facts = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bins = new VarintReader(bytes.subarray(8 * factCount * count));
  const histograms = Array.from({ length: count }, (_, place) => {
    const [min, max, values, notFinite, zeros, smallNegatives, exponent, fineBins] = Array.from(
      { length: factCount },
      (__, fact) => facts.getFloat64(8 * (factCount * place + fact), true),
    );
    if (!Number.isInteger(Math.log2(fineBins)) || fineBins > mostBins)
      throw new RangeError(`a histogram of ${fineBins} bins`);
    const counts = readBins(bins, 2 * fineBins);
    const range = { min, max, count: values, notFinite };
    return FineHistogram.restore({ range, fineBins, exponent, zeros, smallNegatives, counts });
  });
  if (!bins.isAtEnd) throw new RangeError('there are bytes behind the last histogram');
  return histograms;
}

function readBins(bins: VarintReader, length: number): Float64Array {
  const counts = new Float64Array(length);
  let bin = 0;
  for (let left = bins.read(); left > 0; left--) {
    bin += bins.read();
    if (bin >= length) throw new RangeError('a bin lies outside of its histogram');
    counts[bin] = bins.read();
  }
  return counts;
}
