import { channelsByPlace } from './channel-layout.ts';
import { convolutionCycles, drainCycles, tiling } from './cost.ts';
import {
  BASES,
  bufferOf,
  firstResultRow,
  firstRowOf,
  loadParameters,
  mapRange,
  pixelSpans,
  planesFrom,
  rowRange,
  rowsInBuffer,
  type EmitContext,
} from './emit-context.ts';
import { emitRepeatedRows } from './emit-copy.ts';
import { widenedOutput } from './geometry.ts';
import { CONVOLVE, SET_CONVOLUTION_OUTPUT } from './instructions/convolution.ts';
import { LOAD_WEIGHTS } from './instructions/transfer.ts';
import { SET_CONVOLUTION_WINDOW } from './instructions/window.ts';
import { LayerEmitter } from './layer-emitter.ts';
import type { ConvolutionLayer } from './layers.ts';
import type { AcceleratorPart } from './parts.ts';
import { packBiases, packParameters, packShift, parameterRowsOfPlane } from './parameters.ts';
import type { LayerPlan } from './plan.ts';
import { readShares } from './read-blocks.ts';
import { tableRows, type TableRows } from './tables.ts';
import { BLOCK_CHANNELS, packWeightSets, planesOfBlock, SET_BYTES, setCount, type PlaneRange } from './weights.ts';

/** Writes the instructions of one convolution, band by band. */
export class ConvolutionEmitter extends LayerEmitter {
  protected readonly part: AcceleratorPart;
  readonly tables: TableRows;
  private readonly blocks: number;
  private readonly isLeaky: boolean;
  /** By block. */
  private readonly ranges: readonly PlaneRange[];
  private readonly weightOffsets: readonly number[];
  private parameterRow = 0;
  private copyRow = 0;

  constructor(
    private readonly context: EmitContext,
    private readonly plan: LayerPlan,
    private readonly layer: ConvolutionLayer,
  ) {
    super();
    this.part = context.builder.part;
    this.isLeaky = layer.requantisation?.negative !== undefined;
    this.tables = tableRows(this.part, layer, plan.inputs[0].planes);
    const [{ layout }] = plan.step.inputs;
    this.blocks = Math.ceil(layer.weights.outputs / BLOCK_CHANNELS);
    this.ranges = Array.from({ length: this.blocks }, (_, block) => planesOfBlock(layer.weights, layout, block));
    this.weightOffsets = this.ranges.map((range, block) =>
      context.constants.reserve(setCount(range, layer.weights.taps) * SET_BYTES, () =>
        packWeightSets(layer.weights, layout, block),
      ),
    );
  }

  loadTables(): void {
    const { requantisation, bias, weights } = this.layer;
    const data =
      requantisation === undefined
        ? packBiases(bias)
        : packParameters(requantisation, bias, channelsByPlace([weights.outputs]));
    this.parameterRow = loadParameters(this.context, data);
    if (this.plan.handedOver !== undefined) this.copyRow = loadParameters(this.context, packShift(0));
  }

  compute(bandIndex: number): void {
    this.computeTiles(bandIndex);
    emitRepeatedRows(this.context, this.plan, this.plan.inputs[0], bandIndex, this.copyRow);
  }

  private computeTiles(bandIndex: number): void {
    const band = this.plan.bands[bandIndex];
    if (this.goesByBlocks(bandIndex)) {
      for (let block = band.firstBlock; block < band.endBlock; block += 1) this.computeBlock(bandIndex, block);
      return;
    }
    this.setWindow(bandIndex);
    for (let tile = 0; tile < this.tiles(bandIndex); tile += 1) {
      for (let block = band.firstBlock; block < band.endBlock; block += 1) {
        this.loadWeights(block);
        this.tile(bandIndex, tile, block, false);
      }
    }
  }

  /** Whether a band computes all pixels of a block of output channels before the next block. */
  goesByBlocks(bandIndex: number): boolean {
    return this.plan.keepsWeights || this.tiles(bandIndex) === 1;
  }

  /** All pixels of a band, of 32 output channels. */
  computeBlock(bandIndex: number, block: number): void {
    this.setWindow(bandIndex);
    this.loadWeights(block);
    const tiles = this.tiles(bandIndex);
    for (let tile = 0; tile < tiles; tile += 1) this.tile(bandIndex, tile, block, tile + 1 < tiles);
  }

  private tiles(bandIndex: number): number {
    const { from, to } = this.plan.bands[bandIndex];
    return tiling(this.part, this.layer.geometry, to - from).tiles;
  }

  private setWindow(bandIndex: number): void {
    const { builder } = this.context;
    const { streams } = builder.part;
    const { geometry, padLevel, requantisation } = this.layer;
    const { kernel, stride, pad, dilation, input } = geometry;
    const chip = bufferOf(this.plan.inputs[0], bandIndex);
    const outChip = bufferOf(this.plan.output, bandIndex);
    const width = widenedOutput(geometry, streams);
    builder.set('convolution', SET_CONVOLUTION_WINDOW, {
      kernelWidth: kernel.width,
      kernelHeight: kernel.height,
      columnStep: dilation.width,
      rowStep: dilation.height * chip.pitch,
      planeStep: chip.planeStep,
      dilationX: dilation.width,
      dilationY: dilation.height,
      width: input.width,
      padX: pad.width,
      strideX: stride.width,
      strideY: stride.height,
      rowJump: (stride.height * chip.pitch - stride.width * width) / streams,
      padLevel,
    });
    builder.set('convolution', SET_CONVOLUTION_OUTPUT, {
      width,
      rowSkip: outChip.pitch - width,
      planeStep: outChip.planeStep,
      low: requantisation?.low ?? -127,
      high: requantisation?.high ?? 127,
      zero: requantisation?.zero ?? 0,
      leaky: this.isLeaky,
      raw: requantisation === undefined,
    });
  }

  private loadWeights(block: number): void {
    const sets = setCount(this.ranges[block], this.layer.weights.taps);
    const bytes = sets * SET_BYTES;
    const values = { offset: this.weightOffsets[block], base: BASES.constants, sets };
    this.context.builder.weights(LOAD_WEIGHTS, values, { cycles: bytes / 16, bytes });
  }

  private tile(bandIndex: number, tile: number, block: number, keep: boolean): void {
    const { context, plan, layer } = this;
    const { builder } = context;
    const { streams } = builder.part;
    const { geometry, requantisation } = layer;
    const { stride, pad, kernel, dilation } = geometry;
    const band = plan.bands[bandIndex];
    const [side] = plan.inputs;
    const range = this.ranges[block];
    const chip = planesFrom(bufferOf(side, bandIndex), range.first);
    const outChip = bufferOf(plan.output, bandIndex);
    const width = widenedOutput(geometry, streams);
    const allPixels = (band.to - band.from) * width;
    const { groups } = tiling(builder.part, geometry, band.to - band.from);
    const start = tile * groups * streams;
    const pixels = Math.min(groups * streams, allPixels - start);
    if (pixels <= 0) throw new RangeError('a tile without pixels');
    const y = Math.floor(start / width);
    const x = start % width;
    const rows = rowsInBuffer(plan, side, bandIndex, context.placed.storages[side.storage]);
    const row = (band.from + y) * stride.height - pad.height - firstRowOf(side, band.firstInput);
    const lastRow = row + Math.floor((x + pixels - 1) / width) * stride.height + (kernel.height - 1) * dilation.height;
    const eighths = Math.min(4, Math.ceil((layer.weights.outputs - block * BLOCK_CHANNELS) / 8));
    const planesABlock = requantisation === undefined ? 8 : 2;
    const planesWritten = requantisation === undefined ? eighths * 2 : Math.ceil(eighths / 2);
    const outStart = (firstResultRow(plan, band) + y) * outChip.pitch + x;
    const last = x + pixels - 1;
    const outEnd = outStart - x + Math.floor(last / width) * outChip.pitch + (last % width) + 1;
    const outMap = planesFrom(outChip, (block - (plan.output.isResident ? 0 : band.firstBlock)) * planesABlock);
    const tileGroups = Math.ceil(pixels / streams);
    const rowsAPlane = parameterRowsOfPlane(this.isLeaky);
    const parameterRow = this.parameterRow + block * 2 * rowsAPlane;
    builder.emit(
      'convolution',
      CONVOLVE,
      {
        input: chip.base * streams + row * chip.pitch + x * stride.width - pad.width,
        column: x,
        row,
        rows,
        groups: tileGroups,
        lastCount: pixels - (tileGroups - 1) * streams,
        output: outMap.base * streams + outStart,
        parameterRow,
        planes: range.planes,
        lastColumns: range.lastColumns,
        eighths,
        first: true,
        last: true,
        keep,
      },
      {
        reads: [
          ...pixelSpans(chip, streams, range.planes, ...rowRange(chip, row, lastRow, rows)),
          { memory: 'parameters', from: parameterRow, to: parameterRow + Math.ceil(eighths / 2) * rowsAPlane },
        ],
        writes: pixelSpans(outMap, streams, planesWritten, outStart, outEnd),
      },
      {
        cycles: convolutionCycles(setCount(range, layer.weights.taps), tileGroups),
        results: drainCycles(builder.part, pixels, eighths, layer),
        reads: readShares([mapRange(chip, range.planes)]),
        bytes: 0,
      },
    );
  }
}
