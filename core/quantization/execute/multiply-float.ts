/**
 * sums[c][x] = weights[c] · patches[x] in float64, over rows of `length` values: four channels by two columns at a time, so
 * that every value loaded is used more than once.
 */
export function multiplyFloat(
  weights: Float32Array,
  patches: Float32Array,
  length: number,
  channels: number,
  width: number,
  sums: Float64Array,
): void {
  let c = 0;
  for (; c + 4 <= channels; c += 4) {
    const w0 = c * length;
    const w1 = w0 + length;
    const w2 = w1 + length;
    const w3 = w2 + length;
    for (let x = 0; x < width; x += 2) {
      // In an odd width the last column is its own neighbour.
      const next = Math.min(x + 1, width - 1);
      const p = x * length;
      const q = next * length;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      for (let k = 0; k < length; k += 1) {
        const u = patches[p + k];
        const v = patches[q + k];
        const a0 = weights[w0 + k];
        const a1 = weights[w1 + k];
        const a2 = weights[w2 + k];
        const a3 = weights[w3 + k];
        s0 += u * a0;
        s1 += u * a1;
        s2 += u * a2;
        s3 += u * a3;
        t0 += v * a0;
        t1 += v * a1;
        t2 += v * a2;
        t3 += v * a3;
      }
      const to = c * width;
      sums[to + x] = s0;
      sums[to + width + x] = s1;
      sums[to + 2 * width + x] = s2;
      sums[to + 3 * width + x] = s3;
      sums[to + next] = t0;
      sums[to + width + next] = t1;
      sums[to + 2 * width + next] = t2;
      sums[to + 3 * width + next] = t3;
    }
  }
  for (; c < channels; c += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let k = 0; k < length; k += 1) {
        sum += patches[x * length + k] * weights[c * length + k];
      }
      sums[c * width + x] = sum;
    }
  }
}
