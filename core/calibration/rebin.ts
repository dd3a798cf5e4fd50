/**
 * Brings narrow bins to equal ones of `width`, the last of which takes the rest. A narrow bin on an edge gives either side
 * its share, as if its values lay evenly in it: the number of values below the edge is interpolated, then rounded. One that
 * stands alone, without a neighbour, is a single value (or one that comes again and again, as pixels do) and goes as a whole
 * to where its middle lies.
 *
 * @param fine counts of bins of the width `narrow`, from 0 on; no wider than `width`
 */
export function rebin(fine: Float64Array, narrow: number, width: number, counts: Float64Array): void {
  const last = counts.length - 1;
  let below = 0;
  let given = 0;
  let bin = 0;
  for (let i = 0; i < fine.length; i++) {
    const count = fine[i];
    if (count === 0) continue;
    const isAlone = (i === 0 || fine[i - 1] === 0) && (i + 1 === fine.length || fine[i + 1] === 0);
    const lower = i * narrow;
    const upper = lower + narrow;
    // The bins whose upper edge lies at or below where this narrow bin's values begin are complete.
    const begin = isAlone ? (lower + upper) / 2 : lower;
    for (; bin < last && (bin + 1) * width <= begin; bin++) given += counts[bin] = below - given;
    const edge = (bin + 1) * width;
    if (!isAlone && bin < last && edge < upper) {
      const atEdge = below + Math.round((count * (edge - lower)) / (upper - lower));
      given += counts[bin++] = atEdge - given;
    }
    below += count;
  }
  counts[bin] = below - given;
}
