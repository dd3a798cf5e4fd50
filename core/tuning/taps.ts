import type { ConvolutionGeometry } from '../quantization/execute/patches.ts';

/**
 * Adds to `sums`, for every input channel and tap of the kernel (in the order of one group's weights), the sum over all output
 * pixels of what the tap reads, padding included. The mean of a convolution's result follows from these sums
 * exactly, borders included.
 *
 * @param values one sample, channels x height x width
 * @param sums inputChannels x kernel.height x kernel.width
 */
export function addTapSums(geometry: ConvolutionGeometry, values: Float32Array | Int8Array, sums: Float64Array): void {
  const { input, output, kernel, stride, pad, padLevel, dilation, inputChannels } = geometry;
  let tap = 0;
  for (let channel = 0; channel < inputChannels; channel++) {
    const plane = channel * input.height * input.width;
    for (let i = 0; i < kernel.height; i++) {
      const rows = insideRange(input.height, output.height, stride.height, i * dilation.height - pad.height);
      for (let j = 0; j < kernel.width; j++, tap++) {
        const shift = j * dilation.width - pad.width;
        const columns = insideRange(input.width, output.width, stride.width, shift);
        let sum = 0;
        for (let row = rows.from; row < rows.to; row++) {
          const y = row * stride.height + i * dilation.height - pad.height;
          const line = plane + y * input.width + shift;
          for (let column = columns.from; column < columns.to; column++) sum += values[line + column * stride.width];
        }
        const inside = Math.max(0, rows.to - rows.from) * Math.max(0, columns.to - columns.from);
        sums[tap] += sum + padLevel * (output.height * output.width - inside);
      }
    }
  }
}

/** The outputs whose `output * stride + shift` lies in [0, extent). */
function insideRange(
  extent: number,
  outputs: number,
  stride: number,
  shift: number,
): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.ceil(-shift / stride));
  const to = Math.min(outputs, Math.floor((extent - 1 - shift) / stride) + 1);
  return { from, to };
}

/** Copies what one output pixel reads of all input channels, in the order of weights. */
export function gatherPatch(
  { input, kernel, stride, pad, padLevel, dilation, inputChannels }: ConvolutionGeometry,
  values: Int8Array | Float32Array,
  row: number,
  column: number,
  patch: Float64Array,
): void {
  const top = row * stride.height - pad.height;
  const left = column * stride.width - pad.width;
  let tap = 0;
  for (let channel = 0; channel < inputChannels; channel++) {
    const plane = channel * input.height * input.width;
    for (let i = 0; i < kernel.height; i++) {
      const y = top + i * dilation.height;
      const isRowInside = y >= 0 && y < input.height;
      for (let j = 0; j < kernel.width; j++, tap++) {
        const x = left + j * dilation.width;
        const isInside = isRowInside && x >= 0 && x < input.width;
        patch[tap] = isInside ? values[plane + y * input.width + x] : padLevel;
      }
    }
  }
}
