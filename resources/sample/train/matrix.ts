/**
 * The three matrix products of a convolution's forward and backward pass: row-major, float32, each adds to its result.
 * They work on blocks, so that a value once loaded is used several times; `Math.fround` after each step lets the engine keep
 * to single precision, and makes the result the same on every machine.
 */

const f = Math.fround;

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
  const wholeDepth = k - (k % 4);
  for (let i = 0; i < m; i++) {
    const row = i * n;
    for (let p = 0; p < wholeDepth; p += 4) {
      const first = i * rowStride + p * columnStride;
      const a0 = a[first];
      const a1 = a[first + columnStride];
      const a2 = a[first + 2 * columnStride];
      const a3 = a[first + 3 * columnStride];
      const b0 = p * n;
      const b1 = b0 + n;
      const b2 = b1 + n;
      const b3 = b2 + n;
      for (let j = 0; j < n; j++) {
        const left = f(f(a0 * b[b0 + j]) + f(a1 * b[b1 + j]));
        const right = f(f(a2 * b[b2 + j]) + f(a3 * b[b3 + j]));
        c[row + j] = f(c[row + j] + f(left + right));
      }
    }
    for (let p = wholeDepth; p < k; p++) {
      const weight = a[i * rowStride + p * columnStride];
      for (let j = 0; j < n; j++) c[row + j] = f(c[row + j] + f(weight * b[p * n + j]));
    }
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
        s0 = f(s0 + f(value * b[b0 + p]));
        s1 = f(s1 + f(value * b[b1 + p]));
        s2 = f(s2 + f(value * b[b2 + p]));
        s3 = f(s3 + f(value * b[b3 + p]));
      }
      const to = i * n + j;
      c[to] += s0;
      c[to + 1] += s1;
      c[to + 2] += s2;
      c[to + 3] += s3;
    }
    for (let j = wholeColumns; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum = f(sum + f(a[row + p] * b[j * k + p]));
      c[i * n + j] += sum;
    }
  }
}
