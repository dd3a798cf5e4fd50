import { setImmediate } from 'node:timers/promises';
import type { ScaleTable } from '../calibration/table.ts';
import { withLevels } from '../calibration/tuning/apply.ts';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import type { ConvolutionOperation, Graph } from '../graph/graph.ts';
import { convolutionForm } from '../quantization/convolution-form.ts';
import { quantiseBlob } from '../quantization/execute/convert.ts';
import type { ConvolutionGeometry } from '../quantization/execute/patches.ts';
import { lastUses, runOperation, type BlobData } from '../quantization/execute/execute.ts';
import {
  operationInputs,
  type QuantizedConvolution,
  type QuantizedOperation,
} from '../quantization/quantized-network.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import { quantiseWeights } from '../quantization/weights.ts';
import { convolutionsOf, scalesOf } from './candidates.ts';
import { geometryOf, tapMeans } from './exact-statistics.ts';
import { InputCovariance } from './input-covariance.ts';
import { roundedByInputs } from './round-weights.ts';

export interface LayerByLayer extends LongCall {
  /** Equalised, if it is. */
  readonly graph: Graph;
  readonly table: ScaleTable;
  /** By layer and input: what its taps read in fp32, in the graph's units. */
  readonly tapMeans: ReadonlyMap<string, readonly Float64Array[]>;
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

/**
 * Goes through the int8 network, all inputs at once, and mends each layer for what the layers before it have made of its
 * input: weights are rounded by `roundedByInputs`, and the bias takes what the mean of the layer's result is off by: Nagel
 * et al., "Data-free quantization through weight equalization and bias correction" (arXiv:1906.04721, section 4.2), with means
 * measured on the int8 network, each as far as it is more than chance between the inputs.
 */
export async function mendLayers(request: LayerByLayer): Promise<LayerChanges> {
  const { graph, table, inputs, rounds, signal } = request;
  const { network } = quantizeNetwork(graph, table, 'int8');
  const layers = new Map(convolutionsOf(graph).map((operation) => [operation.layer, operation]));
  const uses = lastUses(network);
  const [input] = network.inputs.map((index) => network.tensors[index]);
  const blobs = inputs.map(
    ({ data }) =>
      new Map<number, BlobData>([[network.inputs[0], input.type === 'int8' ? quantiseBlob(data, input.scale) : data]]),
  );
  const levels = new Map<string, Int8Array>();
  const addToBias = new Map<string, Float64Array>();
  const meter = new ProgressMeter('mending layers', network.operations.length, 'operations', request.onProgress);
  for (const [position, operation] of network.operations.entries()) {
    let runs: QuantizedOperation = operation;
    const exact = layers.get(operation.layer);
    const means = request.tapMeans.get(operation.layer);
    if (operation.kind === 'convolution' && exact !== undefined && means !== undefined) {
      const [from, to] = [network.tensors[operation.input], network.tensors[operation.output]];
      const read = blobs.map((values) => values.get(operation.input) ?? new Int8Array());
      const scales = scalesOf(table, exact);
      const isInt8 = operation.form.kind !== 'float';
      const isRounded = rounds && isInt8;
      const onSign = (): void => {
        meter.report(position, operation.layer);
      };
      const geometry = { ...geometryOf(graph, exact), padLevel: operation.padLevel };
      const rounded = isRounded ? await roundedLevels(geometry, exact, read, scales, { signal, onSign }) : undefined;
      const mended = rounded === undefined ? exact : withLevels(exact, { levels: rounded, scales });
      if (rounded !== undefined) levels.set(operation.layer, rounded);
      const correction = biasCorrection(
        graph,
        exact,
        isInt8 ? storedWeights(mended, scales, from.scale) : exact.weights,
        {
          exact: means,
          found: read.map((values) => tapMeans(geometry, values, isInt8 ? 1 / from.scale : 1)),
        },
      );
      addToBias.set(operation.layer, correction);
      const bias = exact.bias.map((value, channel) => value + correction[channel]);
      const { form } = convolutionForm({ ...mended, bias }, isInt8 ? scales : undefined, from, to);
      runs = { ...operation, form } satisfies QuantizedConvolution;
    }
    for (const values of blobs) {
      signal?.throwIfAborted();
      values.set(operation.output, runOperation(network, runs, values));
      for (const index of operationInputs(operation)) if (uses.get(index) === position) values.delete(index);
      meter.report(position, operation.layer);
      await setImmediate();
    }
    meter.report(position + 1, operation.layer);
  }
  return { levels, addToBias };
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

/** Weights as the board has them. */
function storedWeights(operation: ConvolutionOperation, scales: readonly number[], inputScale: number): Float64Array {
  const stored = quantiseWeights(operation, scales, inputScale);
  const perOutput = stored.weights.length / operation.outputChannels;
  return Float64Array.from(stored.weights, (level, index) => level / stored.scales[Math.floor(index / perOutput)]);
}

/**
 * By output channel: the mean of the layer's result in fp32 less that of `weights` on what int8 reads, shrunk by what chance
 * between the inputs would make of it (the positive part of James and Stein's estimate).
 */
export function biasCorrection(
  graph: Graph,
  operation: ConvolutionOperation,
  weights: Float64Array | Float32Array,
  means: { readonly exact: readonly Float64Array[]; readonly found: readonly Float64Array[] },
): Float64Array {
  const { patchLength, group, outputChannels } = geometryOf(graph, operation);
  return Float64Array.from({ length: outputChannels }, (_, output) => {
    const firstTap = Math.floor((output * group) / outputChannels) * patchLength;
    const differences = means.exact.map((exact, input) => {
      const found = means.found[input];
      let difference = 0;
      for (let k = 0; k < patchLength; k++) {
        const index = output * patchLength + k;
        difference += operation.weights[index] * exact[firstTap + k] - weights[index] * found[firstTap + k];
      }
      return difference;
    });
    return shrunkMean(differences);
  });
}

function shrunkMean(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const chance = squares / Math.max(1, values.length - 1) / values.length;
  return mean === 0 ? 0 : mean * Math.max(0, 1 - chance / (mean * mean));
}
