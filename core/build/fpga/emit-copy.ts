import { resultCycles, vectorCycles } from './cost.ts';
import { bufferOf, mapRange, pixelSpans, type EmitContext } from './emit-context.ts';
import { SET_VECTOR_OUTPUT, VECTOR, VECTOR_METHODS } from './instructions/vector.ts';
import { SET_VECTOR_WINDOW } from './instructions/window.ts';
import type { LayerPlan, Side } from './plan.ts';
import { readShares } from './read-blocks.ts';

/**
 * Copies the rows that the next band reads again from a band's buffer to the start of the next one's, where the layer ahead hands its
 * result over on chip. It stands behind the band, before the layer ahead writes that buffer again.
 *
 * @param parameterRow of a copy
 */
export function emitRepeatedRows(
  context: EmitContext,
  plan: LayerPlan,
  side: Side,
  bandIndex: number,
  parameterRow: number,
): void {
  const { handedOver = [] } = plan;
  if (bandIndex + 1 >= handedOver.length) return;
  const band = handedOver[bandIndex];
  const next = handedOver[bandIndex + 1];
  if (next.from === next.firstResult) return;
  const { builder } = context;
  const { part } = builder;
  const { streams } = part;
  const source = bufferOf(side, bandIndex);
  const target = bufferOf(side, bandIndex + 1);
  // Rows lie one behind the other at the same pitch in both: one long row of pixels.
  const { pitch } = target;
  const first = (next.firstResult - band.firstResult) * pitch;
  const pixels = (next.from - next.firstResult) * pitch;
  const groups = Math.ceil(pixels / streams);
  builder.set('vector', SET_VECTOR_WINDOW, {
    kernelWidth: 1,
    kernelHeight: 1,
    columnStep: 1,
    rowStep: pitch,
    planeStep: source.planeStep,
    dilationX: 1,
    dilationY: 1,
    width: pitch,
    padX: 0,
    strideX: 1,
    strideY: 1,
    rowJump: 0,
    padLevel: 0,
  });
  builder.set('vector', SET_VECTOR_OUTPUT, {
    width: pitch,
    rowSkip: 0,
    planeStep: target.planeStep,
    low: -128,
    high: 127,
    zero: 0,
    leaky: false,
    method: VECTOR_METHODS.maximum,
    pair: false,
    sharedParameters: true,
    sharedWeights: true,
  });
  builder.emit(
    'vector',
    VECTOR,
    {
      input: source.base * streams + first,
      column: 0,
      row: 0,
      rows: next.from - next.firstResult,
      groups,
      lastCount: pixels - (groups - 1) * streams,
      output: target.base * streams,
      parameterRow,
      planes: side.planes,
      weightRow: 0,
    },
    {
      reads: [
        ...pixelSpans(source, streams, side.planes, first, first + pixels),
        { memory: 'parameters', from: parameterRow, to: parameterRow + 2 },
      ],
      // The word that the last pixel shares with the first row of the layer ahead is left out, or the copy would wait for that row. Who
      // reads it reads words beside it too, of the one and of the other.
      writes: pixelSpans(target, streams, side.planes, 0, pixels - (pixels % streams)),
    },
    {
      cycles: vectorCycles(part, groups, side.planes, 1, false),
      results: resultCycles(part, groups, side.planes, false),
      reads: readShares([mapRange(source, side.planes)]),
      bytes: 0,
    },
  );
}
