import type { ConvolutionOperation, Graph, ValueId } from '../graph/graph.ts';
import { convolutionGeometry, type ConvolutionGeometry } from '../quantization/execute/patches.ts';

/** The geometry of a convolution of the graph, for values in the graph's units. */
export function geometryOf(graph: Graph, operation: ConvolutionOperation): ConvolutionGeometry {
  const shapeOf = (id: ValueId): readonly number[] => graph.values.get(id)?.shape ?? [];
  const padLevel = operation.padValue ?? 0;
  return convolutionGeometry({ ...operation, padLevel }, shapeOf(operation.inputs[0]), shapeOf(operation.output));
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
