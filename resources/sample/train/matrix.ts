/**
 * The three matrix products of a convolution's forward and backward pass: row-major, each adds to its result. They work on
 * blocks, so that a value once loaded is used several times, and round to float32 when they store.
 */

/** c[m x n] += a[m x k] * b[k x n]. */
export function multiply(m: number, k: number, n: number, a: Float32Array, b: Float32Array, c: Float32Array): void {
  multiplyStrided(m, k, n, a, k, 1, b, c);
}

/** c[m x n] += transpose(a[k x m]) * b[k x n]. */
export function multiplyTransposedLeft(
  m: number,
  k: number,
  n: number,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
): void {
  multiplyStrided(m, k, n, a, 1, m, b, c);
}

/** a(i, p) is at `i * rowStride + p * columnStride`. */
function multiplyStrided(
  m: number,
  k: number,
  n: number,
  a: Float32Array,
  rowStride: number,
  columnStride: number,
  b: Float32Array,
  c: Float32Array,
): void {
  const wholeRows = m - (m % 4);
  const wholeDepth = k - (k % 4);
  for (let i = 0; i < wholeRows; i += 4) {
    for (let p = 0; p < wholeDepth; p += 4) {
      addBlock(n, a, i * rowStride + p * columnStride, rowStride, columnStride, b, p * n, c, i * n);
    }
  }
  for (let i = 0; i < m; i++) {
    for (let p = i < wholeRows ? wholeDepth : 0; p < k; p++) {
      const weight = a[i * rowStride + p * columnStride];
      for (let j = 0; j < n; j++) c[i * n + j] += weight * b[p * n + j];
    }
  }
}

/** Four rows of c += a block of 4 x 4 of a (its first value at `at`) * four rows of b. */
function addBlock(
  n: number,
  a: Float32Array,
  at: number,
  rowStride: number,
  columnStride: number,
  b: Float32Array,
  b0: number,
  c: Float32Array,
  c0: number,
): void {
  const [row1, row2, row3] = [at + rowStride, at + 2 * rowStride, at + 3 * rowStride];
  const [column2, column3] = [2 * columnStride, 3 * columnStride];
  const a00 = a[at];
  const a01 = a[at + columnStride];
  const a02 = a[at + column2];
  const a03 = a[at + column3];
  const a10 = a[row1];
  const a11 = a[row1 + columnStride];
  const a12 = a[row1 + column2];
  const a13 = a[row1 + column3];
  const a20 = a[row2];
  const a21 = a[row2 + columnStride];
  const a22 = a[row2 + column2];
  const a23 = a[row2 + column3];
  const a30 = a[row3];
  const a31 = a[row3 + columnStride];
  const a32 = a[row3 + column2];
  const a33 = a[row3 + column3];
  const b1 = b0 + n;
  const b2 = b1 + n;
  const b3 = b2 + n;
  const c1 = c0 + n;
  const c2 = c1 + n;
  const c3 = c2 + n;
  for (let j = 0; j < n; j++) {
    const x0 = b[b0 + j];
    const x1 = b[b1 + j];
    const x2 = b[b2 + j];
    const x3 = b[b3 + j];
    c[c0 + j] += a00 * x0 + a01 * x1 + a02 * x2 + a03 * x3;
    c[c1 + j] += a10 * x0 + a11 * x1 + a12 * x2 + a13 * x3;
    c[c2 + j] += a20 * x0 + a21 * x1 + a22 * x2 + a23 * x3;
    c[c3 + j] += a30 * x0 + a31 * x1 + a32 * x2 + a33 * x3;
  }
}

/** c[m x n] += a[m x k] * transpose(b[n x k]). */
export function multiplyTransposedRight(
  m: number,
  k: number,
  n: number,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
): void {
  const wholeColumns = n - (n % 4);
  for (let i = 0; i < m; i++) {
    const row = i * k;
    for (let j = 0; j < wholeColumns; j += 4) {
      const b0 = j * k;
      const b1 = b0 + k;
      const b2 = b1 + k;
      const b3 = b2 + k;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let p = 0; p < k; p++) {
        const value = a[row + p];
        s0 += value * b[b0 + p];
        s1 += value * b[b1 + p];
        s2 += value * b[b2 + p];
        s3 += value * b[b3 + p];
      }
      const to = i * n + j;
      c[to] += s0;
      c[to + 1] += s1;
      c[to + 2] += s2;
      c[to + 3] += s3;
    }
    for (let j = wholeColumns; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[row + p] * b[j * k + p];
      c[i * n + j] += sum;
    }
  }
}
