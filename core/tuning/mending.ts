import { setImmediate } from 'node:timers/promises';
import type { ScaleTable } from '../calibration/table.ts';
import { withLevels } from '../calibration/tuning/apply.ts';
import type { LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import type { ConvolutionOperation, Graph, ValueId } from '../graph/graph.ts';
import { convolutionForm } from '../quantization/convolution-form.ts';
import { quantiseBlob } from '../quantization/execute/convert.ts';
import { lastUses, runOperation, type BlobData } from '../quantization/execute/execute.ts';
import type { ConvolutionGeometry } from '../quantization/execute/patches.ts';
import {
  operationInputs,
  type QuantizedConvolution,
  type QuantizedNetwork,
  type QuantizedOperation,
} from '../quantization/quantized-network.ts';
import { quantiseWeights, storedWeights } from '../quantization/weights.ts';
import { convolutionsOf, scalesOf } from './candidates.ts';
import { geometryOf } from './geometry.ts';
import { InputCovariance } from './input-covariance.ts';
import { offsetCorrection } from './offsets.ts';
import { biasCorrection, channelMeans, type ResultMeans } from './result-means.ts';
import { roundedByInputs } from './round-weights.ts';

export interface LayerByLayer extends LongCall {
  /** Equalised, if it is. */
  readonly graph: Graph;
  readonly table: ScaleTable;
  /** By value: fp32's results of layers for an input, as the graph has them. Layers without one are not mended. */
  readonly exactResults: (input: Tensor) => Promise<ReadonlyMap<ValueId, Float32Array>>;
  readonly inputs: readonly Tensor[];
  /** Weights are rounded by what the layer reads, else to the nearest level. */
  readonly rounds: boolean;
}

/** By layer. */
export interface LayerChanges {
  /** Weights, times their scale in the table. */
  readonly levels: ReadonlyMap<string, Int8Array>;
  readonly addToBias: ReadonlyMap<string, Float64Array>;
}

/** A layer whose patches are longer is rounded to the nearest levels: its covariance would take seconds and gigabytes. */
const longestPatch = 1200;

/** Where a bias moves values over the activation's bend the mean does not follow it in proportion: what is left then is corrected once more. */
const corrections = 2;

/** One pass through the int8 network, operation by operation, that notes what it changes in layers. */
export class Mending implements LayerChanges {
  readonly levels = new Map<string, Int8Array>();
  readonly addToBias = new Map<string, Float64Array>();
  /** By input: blobs that are still needed. */
  private readonly blobs: readonly Map<number, BlobData>[];
  private readonly layers: ReadonlyMap<string, ConvolutionOperation>;
  private readonly lastUses: ReadonlyMap<number, number>;

  constructor(
    private readonly request: LayerByLayer,
    private readonly network: QuantizedNetwork,
  ) {
    const [input] = network.inputs;
    const { type, scale } = network.tensors[input];
    this.blobs = request.inputs.map(
      ({ data }) => new Map<number, BlobData>([[input, type === 'int8' ? quantiseBlob(data, scale) : data]]),
    );
    this.layers = new Map(convolutionsOf(request.graph).map((operation) => [operation.layer, operation]));
    this.lastUses = lastUses(network);
  }

  /** Runs the next operation, mended where fp32's means of its result are known. */
  async take(
    position: number,
    operation: QuantizedOperation,
    exactMeans: ReadonlyMap<ValueId, readonly ResultMeans[]>,
    onSign: () => void,
  ): Promise<void> {
    const layer = operation.kind === 'convolution' ? this.layers.get(operation.layer) : undefined;
    const means = layer === undefined ? undefined : exactMeans.get(layer.output);
    if (operation.kind === 'convolution' && layer !== undefined && means !== undefined) {
      await this.mend(operation, layer, means, onSign);
    } else {
      await this.run(operation, onSign);
    }
    for (const values of this.blobs) {
      for (const index of operationInputs(operation)) {
        if (this.lastUses.get(index) === position) values.delete(index);
      }
    }
  }

  private async mend(
    operation: QuantizedConvolution,
    layer: ConvolutionOperation,
    means: readonly ResultMeans[],
    onSign: () => void,
  ): Promise<void> {
    const { table } = this.request;
    const [from, to] = [this.network.tensors[operation.input], this.network.tensors[operation.output]];
    const scales = operation.form.kind === 'float' ? undefined : scalesOf(table, layer);
    const levels = scales === undefined ? undefined : await this.round(operation, layer, scales, onSign);
    if (levels !== undefined) this.levels.set(layer.layer, levels);
    const mended = levels === undefined || scales === undefined ? layer : withLevels(layer, { levels, scales });
    const withBias = (added: Float64Array): QuantizedConvolution => {
      const bias = layer.bias.map((value, channel) => value + added[channel]);
      return { ...operation, form: convolutionForm({ ...mended, bias }, scales, from, to).form };
    };
    const stored = scales === undefined ? layer.weights : storedWeights(mended, scales, from.scale);
    let added = offsetCorrection(layer, stored, -(layer.padValue ?? 0));
    const factor = to.type === 'int8' ? 1 / to.scale : 1;
    await this.run(withBias(added), onSign);
    for (let times = 0; times < corrections; times++) {
      const found = this.blobsOf(operation.output).map((values) => channelMeans(values, layer.outputChannels, factor));
      const measured = biasCorrection(means, found);
      added = added.map((value, channel) => value + measured[channel]);
      await this.run(withBias(added), onSign);
    }
    this.addToBias.set(layer.layer, added);
  }

  private async round(
    operation: QuantizedConvolution,
    layer: ConvolutionOperation,
    scales: readonly number[],
    onSign: () => void,
  ): Promise<Int8Array | undefined> {
    const { graph, rounds, signal } = this.request;
    if (!rounds) return undefined;
    const geometry = { ...geometryOf(graph, layer), padLevel: operation.padLevel };
    return roundedLevels(geometry, layer, this.blobsOf(operation.input), scales, { signal, onSign });
  }

  private async run(operation: QuantizedOperation, onSign: () => void): Promise<void> {
    for (const values of this.blobs) {
      this.request.signal?.throwIfAborted();
      values.set(operation.output, runOperation(this.network, operation, values));
      onSign();
      await setImmediate();
    }
  }

  private blobsOf(index: number): readonly BlobData[] {
    return this.blobs.map((values) => values.get(index) ?? new Int8Array());
  }
}

async function roundedLevels(
  geometry: ConvolutionGeometry,
  operation: ConvolutionOperation,
  read: readonly BlobData[],
  scales: readonly number[],
  { signal, onSign }: { readonly signal: AbortSignal | undefined; readonly onSign: () => void },
): Promise<Int8Array | undefined> {
  if (geometry.patchLength > longestPatch) return undefined;
  const covariance = new InputCovariance(geometry, read.length);
  for (const values of read) {
    signal?.throwIfAborted();
    covariance.add(values);
    onSign();
    await setImmediate();
  }
  const { group, outputChannels, weights } = operation;
  const levels = new Int8Array(weights.length);
  const perGroup = weights.length / group;
  const rows = outputChannels / group;
  for (let g = 0; g < group; g++) {
    const part = weights.subarray(g * perGroup, (g + 1) * perGroup);
    const own = scales.slice(g * rows, (g + 1) * rows);
    const rounded = roundedByInputs(part, covariance.matrix(g), own, covariance.samples);
    const nearest = (): Int8Array =>
      quantiseWeights({ ...operation, weights: part, outputChannels: rows }, own, 1).weights;
    levels.set(rounded ?? nearest(), g * perGroup);
  }
  return levels;
}
