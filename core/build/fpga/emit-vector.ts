import { channelsByPlace } from './channel-layout.ts';
import { isLeakyVector, resultCycles, vectorCycles, vectorTaps } from './cost.ts';
import { emitRepeatedRows } from './emit-copy.ts';
import {
  bufferOf,
  firstResultRow,
  firstRowOf,
  loadParameters,
  loadVectorWeights,
  mapRange,
  pixelSpans,
  planesFrom,
  rowRange,
  rowsInBuffer,
  type EmitContext,
} from './emit-context.ts';
import { widenedOutput } from './geometry.ts';
import { SET_VECTOR_OUTPUT, VECTOR, VECTOR_METHODS } from './instructions/vector.ts';
import { SET_VECTOR_WINDOW, type Output } from './instructions/window.ts';
import { LayerEmitter } from './layer-emitter.ts';
import type { VectorLayer, VectorMethod } from './layers.ts';
import type { AcceleratorPart } from './parts.ts';
import { mainEntry, otherDivisors, packDivisors } from './divisors.ts';
import { packParameters, packShift, parameterRowsOfPlane } from './parameters.ts';
import type { LayerPlan } from './plan.ts';
import { readShares } from './read-blocks.ts';
import { planesAtOnce, tableRows, type TableRows } from './tables.ts';
import { packDepthwise, packMultipliers } from './weights.ts';

/** Pieces that a band is cut into, so that what follows starts before the band is complete. */
const MOST_PIECES = 8;
const LEAST_PIECE_CYCLES = 500;

/** Results of one instruction: rows [from, to) of some planes; columns [column, endColumn) where they are parts of one row. */
interface Piece {
  readonly plane: number;
  readonly planes: number;
  readonly from: number;
  readonly to: number;
  readonly column: number;
  readonly endColumn: number;
  /** Of an average: which divisor. */
  readonly entry: number;
}

/** Writes the instructions of one layer of the vector unit, band by band. */
export class VectorEmitter extends LayerEmitter {
  protected readonly part: AcceleratorPart;
  readonly tables: TableRows;
  private readonly taps: number;
  private readonly planes: number;
  private readonly rowsAPlane: number;
  private parameterRow = 0;
  private weightRow = 0;
  /** The plane that the tables of a depthwise convolution begin with. */
  private tablePlane = 0;
  private copyRow = 0;

  constructor(
    private readonly context: EmitContext,
    private readonly plan: LayerPlan,
    private readonly layer: VectorLayer,
  ) {
    super();
    this.part = context.builder.part;
    this.taps = vectorTaps(layer);
    this.planes = plan.inputs[0].planes;
    this.rowsAPlane = parameterRowsOfPlane(isLeakyVector(layer));
    this.tables = tableRows(this.part, layer, this.planes);
  }

  loadTables(): void {
    const { method } = this.layer;
    if (this.plan.handedOver !== undefined) this.copyRow = loadParameters(this.context, packShift(0));
    switch (method.kind) {
      case 'depthwise':
        if (this.tables.areHeld) this.loadDepthwise(0, this.planes);
        return;
      case 'maximum':
        this.parameterRow = loadParameters(this.context, packShift(0));
        return;
      case 'average':
        // Rows of every divisor, the smallest first.
        this.parameterRow = loadParameters(this.context, packDivisors(method));
        return;
      case 'sum':
        this.parameterRow = loadParameters(this.context, packShift(method.shift, method.bias));
        this.weightRow = loadVectorWeights(this.context, packMultipliers(method.multipliers));
    }
  }

  compute(bandIndex: number): void {
    this.computeBand(bandIndex);
    for (const side of this.plan.inputs) {
      if (side.isHandedOver === true) emitRepeatedRows(this.context, this.plan, side, bandIndex, this.copyRow);
    }
  }

  private computeBand(bandIndex: number): void {
    if (this.tables.areHeld) {
      this.computePlanes(bandIndex, 0, this.planes);
      return;
    }
    const atOnce = planesAtOnce(this.part, this.taps);
    for (let plane = 0; plane < this.planes; plane += atOnce) {
      const planes = Math.min(atOnce, this.planes - plane);
      this.loadDepthwise(plane, planes);
      this.computePlanes(bandIndex, plane, plane + planes);
    }
  }

  /** Planes [from, to) of a band, with tables that are there. */
  computePlanes(bandIndex: number, from: number, to: number): void {
    const steps = this.plan.inputs.map((side) => bufferOf(side, bandIndex).planeStep);
    if (steps.every((step) => step === steps[0])) {
      this.setWindow(bandIndex, from);
      this.pieces(bandIndex, from, to - from);
    } else {
      // Addends whose planes lie apart differently: plane by plane.
      for (let plane = from; plane < to; plane += 1) {
        this.setWindow(bandIndex, plane);
        this.pieces(bandIndex, plane, 1);
      }
    }
    if (this.layer.method.kind !== 'average') return;
    const band = this.plan.bands[bandIndex];
    for (const run of otherDivisors(this.layer.method, band.from, band.to)) {
      this.piece(bandIndex, { plane: from, planes: to - from, ...run });
    }
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
    this.tablePlane = plane;
  }

  private pieces(bandIndex: number, plane: number, planes: number): void {
    const { part } = this;
    const { from, to } = this.plan.bands[bandIndex];
    const width = widenedOutput(this.layer.geometry, part.streams);
    const cycles = this.cycles(Math.ceil(((to - from) * width) / part.streams), planes);
    const count = Math.min(MOST_PIECES, Math.max(1, Math.floor(cycles / LEAST_PIECE_CYCLES)), to - from);
    const rows = Math.ceil((to - from) / count);
    const { method } = this.layer;
    const entry = method.kind === 'average' ? mainEntry(method) : 0;
    for (let row = from; row < to; row += rows) {
      const end = Math.min(row + rows, to);
      this.piece(bandIndex, { plane, planes, from: row, to: end, column: 0, endColumn: width, entry });
    }
  }

  private cycles(groups: number, planes: number): number {
    return vectorCycles(this.part, groups, planes, this.taps, isLeakyVector(this.layer));
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
      padLevel: method.kind === 'depthwise' ? method.padLevel : 0,
    });
    builder.set('vector', SET_VECTOR_OUTPUT, {
      width,
      rowSkip: outChip.pitch - width,
      planeStep: outChip.planeStep,
      ...rangeOf(method),
      method: VECTOR_METHODS[methodOf(method.kind)],
      pair: isSum,
      leaky: isLeakyVector(this.layer),
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

  private piece(bandIndex: number, { plane, planes, from, to, column, endColumn, entry }: Piece): void {
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
    const pixels = (to - from - 1) * width + endColumn - column;
    const groups = Math.ceil(pixels / streams);
    const row = from * stride.height - pad.height - firstRowOf(side, band.firstInput);
    const rows = rowsInBuffer(plan, side, bandIndex, placed.storages[side.storage]);
    const lastRow = row + (to - from - 1) * stride.height + (kernel.height - 1) * dilation.height;
    const outStart = (firstResultRow(plan, band) + from - band.from) * outChip.pitch + column;
    const isDepthwise = layer.method.kind === 'depthwise';
    const ahead = isDepthwise ? plane - this.tablePlane : 0;
    const parameterRow = this.parameterRow + (ahead + entry) * this.rowsAPlane;
    const weightRow = this.weightRow + ahead * this.taps;
    const weightRows = isDepthwise ? planes * this.taps : layer.method.kind === 'sum' ? this.taps : 0;
    const parameterRows = isDepthwise ? planes * this.rowsAPlane : this.rowsAPlane;
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
        input: chip.base * streams + row * chip.pitch + column * stride.width - pad.width,
        column,
        row,
        rows,
        groups,
        lastCount: pixels - (groups - 1) * streams,
        output: outChip.base * streams + outStart,
        parameterRow,
        planes,
        weightRow,
      },
      {
        reads: [
          ...inputSpans,
          { memory: 'parameters', from: parameterRow, to: parameterRow + parameterRows },
          ...(weightRows === 0
            ? []
            : [{ memory: 'vector-weights' as const, from: weightRow, to: weightRow + weightRows }]),
        ],
        writes: pixelSpans(
          outChip,
          streams,
          planes,
          outStart,
          outStart + (to - from - 1) * outChip.pitch + endColumn - column,
        ),
      },
      {
        cycles: this.cycles(groups, planes),
        results: resultCycles(part, groups, planes, isLeakyVector(layer)),
        reads: readShares(plan.inputs.map((each) => mapRange(planesFrom(bufferOf(each, bandIndex), plane), planes))),
        bytes: 0,
      },
    );
  }
}

function rangeOf(method: VectorMethod): Pick<Output, 'low' | 'high' | 'zero'> {
  switch (method.kind) {
    case 'depthwise':
    case 'average': {
      const { low, high, zero } = method.requantisation;
      return { low, high, zero };
    }
    // The zero of a sum is in its bias; a maximum keeps that of its input.
    case 'sum':
    case 'maximum':
      return { low: method.low, high: method.high, zero: 0 };
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
