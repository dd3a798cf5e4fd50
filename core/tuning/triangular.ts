/**
 * The upper triangular U with a positive diagonal and UᵀU = H⁻¹, of a symmetric positive definite H: where H = R·Rᵀ with R
 * upper triangular (Cholesky's factorisation from the last row up), U is R's inverse.
 *
 * @param matrix `size` x `size`, row by row; undefined is returned where it is not positive definite
 */
export function inverseFactor(matrix: Float64Array, size: number): Float64Array | undefined {
  const factor = upperFactor(matrix, size);
  return factor === undefined ? undefined : invertedUpper(factor, size);
}

function upperFactor(matrix: Float64Array, size: number): Float64Array | undefined {
  const r = new Float64Array(size * size);
  for (let i = size - 1; i >= 0; i--) {
    for (let j = size - 1; j >= i; j--) {
      let sum = matrix[i * size + j];
      for (let k = j + 1; k < size; k++) sum -= r[i * size + k] * r[j * size + k];
      if (i !== j) {
        r[i * size + j] = sum / r[j * size + j];
      } else {
        if (!(sum > 0)) return undefined;
        r[i * size + i] = Math.sqrt(sum);
      }
    }
  }
  return r;
}

/** Row i of the inverse from the rows below it, so that memory is walked along rows. */
function invertedUpper(r: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let i = size - 1; i >= 0; i--) {
    const row = i * size;
    const own = 1 / r[row + i];
    for (let k = i + 1; k < size; k++) {
      const value = r[row + k] * own;
      if (value === 0) continue;
      for (let j = k; j < size; j++) inverse[row + j] -= value * inverse[k * size + j];
    }
    inverse[row + i] = own;
  }
  return inverse;
}
