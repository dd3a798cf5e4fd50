import { channelsByPlace } from './channel-layout.ts';
import { vectorCycles, vectorTaps } from './cost.ts';
import {
  bufferOf,
  firstRowOf,
  loadParameters,
  loadVectorWeights,
  pixelSpans,
  planesFrom,
  rowRange,
  rowsInBuffer,
  type EmitContext,
} from './emit-context.ts';
import { widenedOutput } from './geometry.ts';
import { SET_VECTOR_OUTPUT, VECTOR, VECTOR_METHODS } from './instructions/vector.ts';
import { SET_VECTOR_WINDOW } from './instructions/window.ts';
import { LayerEmitter } from './layer-emitter.ts';
import type { VectorLayer } from './layers.ts';
import type { AcceleratorPart } from './parts.ts';
import { packParameters, packShift } from './parameters.ts';
import type { LayerPlan } from './plan.ts';
import { packDepthwise, packMultipliers } from './weights.ts';

/** Pieces that a band is cut into, so that what follows starts before the band is complete. */
const MOST_PIECES = 8;
const LEAST_PIECE_CYCLES = 500;

/** Writes the instructions of one layer of the vector unit, band by band. */
export class VectorEmitter extends LayerEmitter {
  protected readonly part: AcceleratorPart;
  readonly parameterRows: number;
  readonly vectorWeightRows: number;
  private readonly taps: number;
  private readonly planes: number;
  private parameterRow = 0;
  private weightRow = 0;

  constructor(
    private readonly context: EmitContext,
    private readonly plan: LayerPlan,
    private readonly layer: VectorLayer,
  ) {
    super();
    this.part = context.builder.part;
    this.taps = vectorTaps(layer);
    this.planes = plan.inputs[0].planes;
    const { kind } = layer.method;
    // A depthwise convolution loads its tables anew for each band.
    this.parameterRows = kind === 'depthwise' ? this.planes * 2 * plan.bands.length : 1;
    this.vectorWeightRows =
      kind === 'depthwise' ? this.planes * this.taps * plan.bands.length : kind === 'sum' ? this.taps : 0;
  }

  loadTables(): void {
    const { method } = this.layer;
    switch (method.kind) {
      case 'depthwise':
        return;
      case 'maximum':
        this.parameterRow = loadParameters(this.context, packShift(0));
        return;
      case 'average':
        this.parameterRow = loadParameters(
          this.context,
          packParameters(method.requantisation, new Int32Array(8), new Int32Array(8)),
        );
        return;
      case 'sum':
        this.parameterRow = loadParameters(this.context, packShift(method.shift));
        this.weightRow = loadVectorWeights(this.context, packMultipliers(method.multipliers));
    }
  }

  compute(bandIndex: number): void {
    const steps = this.plan.inputs.map((side) => bufferOf(side, bandIndex).planeStep);
    if (steps.some((step) => step !== steps[0])) {
      // Addends whose planes lie apart differently: plane by plane.
      for (let plane = 0; plane < this.planes; plane += 1) {
        this.setWindow(bandIndex, plane);
        this.pieces(bandIndex, plane, 1);
      }
      return;
    }
    this.setWindow(bandIndex, 0);
    const { part } = this;
    if (this.layer.method.kind === 'depthwise') {
      const atOnce = Math.max(1, Math.floor(part.vectorWeightRows / 2 / this.taps));
      for (let plane = 0; plane < this.planes; plane += atOnce) {
        const planes = Math.min(atOnce, this.planes - plane);
        this.loadDepthwise(plane, planes);
        this.pieces(bandIndex, plane, planes);
      }
      return;
    }
    this.pieces(bandIndex, 0, this.planes);
  }

  /** Weights and parameters of some planes of a depthwise convolution. */
  private loadDepthwise(plane: number, planes: number): void {
    const { method } = this.layer;
    if (method.kind !== 'depthwise') return;
    const [{ layout }] = this.plan.step.inputs;
    const rows = packDepthwise(method.weights, this.taps, layout);
    const channels = channelsByPlace(layout).subarray(plane * 16, (plane + planes) * 16);
    this.parameterRow = loadParameters(this.context, packParameters(method.requantisation, method.bias, channels));
    this.weightRow = loadVectorWeights(
      this.context,
      rows.slice(plane * this.taps * 16, (plane + planes) * this.taps * 16),
    );
  }

  private pieces(bandIndex: number, plane: number, planes: number): void {
    const { part } = this;
    const { from, to } = this.plan.bands[bandIndex];
    const width = widenedOutput(this.layer.geometry, part.streams);
    const cycles = vectorCycles(part, Math.ceil(((to - from) * width) / part.streams), planes, this.taps);
    const count = Math.min(MOST_PIECES, Math.max(1, Math.floor(cycles / LEAST_PIECE_CYCLES)), to - from);
    const rows = Math.ceil((to - from) / count);
    for (let row = from; row < to; row += rows) this.piece(bandIndex, plane, planes, row, Math.min(row + rows, to));
  }

  private setWindow(bandIndex: number, plane: number): void {
    const { builder } = this.context;
    const { streams } = builder.part;
    const { geometry, method } = this.layer;
    const { kernel, stride, pad, dilation, input } = geometry;
    const chip = bufferOf(this.plan.inputs[0], bandIndex);
    const outChip = bufferOf(this.plan.output, bandIndex);
    const width = widenedOutput(geometry, streams);
    const isSum = method.kind === 'sum';
    builder.set('vector', SET_VECTOR_WINDOW, {
      kernelWidth: isSum ? 2 : kernel.width,
      kernelHeight: isSum ? this.plan.inputs.length : kernel.height,
      columnStep: isSum ? 0 : dilation.width,
      rowStep: isSum ? this.addendDistance(bandIndex, plane) : dilation.height * chip.pitch,
      planeStep: chip.planeStep,
      dilationX: isSum ? 0 : dilation.width,
      dilationY: isSum ? 0 : dilation.height,
      width: input.width,
      padX: pad.width,
      strideX: stride.width,
      strideY: stride.height,
      rowJump: (stride.height * chip.pitch - stride.width * width) / streams,
    });
    builder.set('vector', SET_VECTOR_OUTPUT, {
      width,
      rowSkip: outChip.pitch - width,
      planeStep: outChip.planeStep,
      low: method.kind === 'depthwise' || method.kind === 'average' ? method.requantisation.low : method.low,
      high: method.kind === 'depthwise' || method.kind === 'average' ? method.requantisation.high : method.high,
      method: VECTOR_METHODS[methodOf(method.kind)],
      pair: isSum,
      sharedParameters: method.kind !== 'depthwise',
      sharedWeights: method.kind !== 'depthwise',
    });
  }

  /** Flat distance from the first addend's pixel to the second's. */
  private addendDistance(bandIndex: number, plane: number): number {
    const { streams } = this.context.builder.part;
    const [first, second] = this.plan.inputs.map((side) => {
      const { firstInput } = this.plan.bands[bandIndex];
      const chip = planesFrom(bufferOf(side, bandIndex), plane);
      return chip.base * streams + (side.isResident ? firstInput * chip.pitch : 0);
    });
    return second - first;
  }

  private piece(bandIndex: number, plane: number, planes: number, from: number, to: number): void {
    const { context, plan, layer } = this;
    const { builder, placed } = context;
    const { part } = builder;
    const { streams } = part;
    const { geometry } = layer;
    const { stride, pad, kernel, dilation } = geometry;
    const band = plan.bands[bandIndex];
    const [side] = plan.inputs;
    const chip = planesFrom(bufferOf(side, bandIndex), plane);
    const outChip = planesFrom(bufferOf(plan.output, bandIndex), plane);
    const width = widenedOutput(geometry, streams);
    const pixels = (to - from) * width;
    const groups = Math.ceil(pixels / streams);
    const row = from * stride.height - pad.height - firstRowOf(side, band.firstInput);
    const rows = rowsInBuffer(plan, side, bandIndex, placed.storages[side.storage]);
    const lastRow = row + (to - from - 1) * stride.height + (kernel.height - 1) * dilation.height;
    const outStart = (plan.output.isResident ? from : from - band.from) * outChip.pitch;
    const isDepthwise = layer.method.kind === 'depthwise';
    const weightRows = isDepthwise ? planes * this.taps : layer.method.kind === 'sum' ? this.taps : 0;
    const parameterRows = isDepthwise ? planes * 2 : 1;
    const inputSpans = plan.inputs.flatMap((each) => {
      const map = planesFrom(bufferOf(each, bandIndex), plane);
      // Addends may be at different rows of their buffers.
      const shift = firstRowOf(side, band.firstInput) - firstRowOf(each, band.firstInput);
      const [first, end] = rowRange(map, row, lastRow, rows);
      return pixelSpans(map, streams, planes, first + shift * map.pitch, end + shift * map.pitch);
    });
    builder.emit(
      'vector',
      VECTOR,
      {
        input: chip.base * streams + row * chip.pitch - pad.width,
        column: 0,
        row,
        rows,
        groups,
        lastCount: pixels - (groups - 1) * streams,
        output: outChip.base * streams + outStart,
        parameterRow: this.parameterRow,
        planes,
        weightRow: this.weightRow,
      },
      {
        reads: [
          ...inputSpans,
          { memory: 'parameters', from: this.parameterRow, to: this.parameterRow + parameterRows },
          ...(weightRows === 0
            ? []
            : [{ memory: 'vector-weights' as const, from: this.weightRow, to: this.weightRow + weightRows }]),
        ],
        writes: pixelSpans(outChip, streams, planes, outStart, outStart + (to - from - 1) * outChip.pitch + width),
      },
      { cycles: vectorCycles(part, groups, planes, this.taps), bytes: 0 },
    );
  }
}

function methodOf(kind: VectorLayer['method']['kind']): keyof typeof VECTOR_METHODS {
  switch (kind) {
    case 'depthwise':
    case 'sum':
      return 'multiply-add';
    case 'average':
      return 'sum';
    case 'maximum':
      return 'maximum';
  }
}
