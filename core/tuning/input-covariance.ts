import { randomSource } from '../common/random.ts';
import type { ConvolutionGeometry } from '../quantization/execute/patches.ts';
import { gatherPatch } from './geometry.ts';

/** Output pixels of one input that are looked at, at the least and at the most. */
const fewestPixels = 48;
const mostPixels = 256;
/** Pixels of all inputs for each value of a patch: with fewer, what varies together is chance. */
const pixelsPerValue = 4;

/**
 * How the values that a convolution multiplies vary together, from a sample of output pixels: one matrix per group, of
 * (input channels of the group x kernel area) squared.
 */
export class InputCovariance {
  private readonly random = randomSource(1);
  private readonly length: number;
  private readonly sums: Float64Array;
  private readonly products: readonly Float64Array[];
  private readonly patch: Float64Array;
  private count = 0;

  /** @param inputs how many will be added */
  constructor(
    private readonly geometry: ConvolutionGeometry,
    private readonly inputs: number,
  ) {
    this.length = geometry.patchLength;
    this.patch = new Float64Array(this.length * geometry.group);
    this.sums = new Float64Array(this.patch.length);
    this.products = Array.from({ length: geometry.group }, () => new Float64Array(this.length * this.length));
  }

  /** @param values one sample of the convolution's input */
  add(values: Int8Array | Float32Array): void {
    const { geometry, patch, sums, length } = this;
    const { height, width } = geometry.output;
    const wanted = Math.ceil((pixelsPerValue * length) / this.inputs);
    const pixels = Math.min(height * width, mostPixels, Math.max(fewestPixels, wanted));
    for (let pixel = 0; pixel < pixels; pixel++) {
      const at = pixels === height * width ? pixel : Math.floor(this.random() * height * width);
      gatherPatch(geometry, values, Math.floor(at / width), at % width, patch);
      this.count++;
      patch.forEach((value, tap) => (sums[tap] += value));
      this.products.forEach((matrix, group) => {
        addProducts(matrix, patch.subarray(group * length, (group + 1) * length));
      });
    }
  }

  /** Output pixels that were looked at. */
  get samples(): number {
    return this.count;
  }

  /** The covariance of a group, whole and symmetric. */
  matrix(group: number): Float64Array {
    const { length, sums, count } = this;
    const result = new Float64Array(length * length);
    const mean = sums.subarray(group * length, (group + 1) * length).map((sum) => sum / Math.max(1, count));
    for (let i = 0; i < length; i++) {
      for (let j = i; j < length; j++) {
        const value = this.products[group][i * length + j] / Math.max(1, count) - mean[i] * mean[j];
        result[i * length + j] = value;
        result[j * length + i] = value;
      }
    }
    return result;
  }
}

/** Adds x · xᵀ, above and on the diagonal. */
function addProducts(matrix: Float64Array, x: Float64Array): void {
  const { length } = x;
  for (let i = 0; i < length; i++) {
    const value = x[i];
    if (value === 0) continue;
    const row = i * length;
    for (let j = i; j < length; j++) matrix[row + j] += value * x[j];
  }
}
