import { setImmediate } from 'node:timers/promises';
import type { ScaleTable } from '../calibration/table.ts';
import { withLevels } from '../calibration/tuning/apply.ts';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
import type { Tensor } from '../common/tensor.ts';
import type { ConvolutionOperation, Graph, ValueId } from '../graph/graph.ts';
import { INT8_LIMIT } from '../quantization/arithmetic.ts';
import { convolutionForm } from '../quantization/convolution-form.ts';
import { quantiseBlob } from '../quantization/execute/convert.ts';
import type { ConvolutionGeometry } from '../quantization/execute/patches.ts';
import { lastUses, runOperation, type BlobData } from '../quantization/execute/execute.ts';
import {
  operationInputs,
  type QuantizedConvolution,
  type QuantizedNetwork,
  type QuantizedOperation,
} from '../quantization/quantized-network.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import { quantiseWeights } from '../quantization/weights.ts';
import { convolutionsOf, scalesOf } from './candidates.ts';
import { geometryOf } from './geometry.ts';
import { InputCovariance } from './input-covariance.ts';
import { offsetCorrection } from './offsets.ts';
import { biasCorrection, channelMeans, resultMeans, type ResultMeans } from './result-means.ts';
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

/**
 * Goes through the int8 network, all inputs at once, and mends each layer for what the layers before it have made of its
 * input: weights are rounded by `roundedByInputs`, and the bias takes what the mean of the layer's result is off by
 * (`biasCorrection`).
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
  const exactMeans = await exactResultMeans(request, network, (detail) => {
    meter.report(0, detail);
  });
  for (const [position, operation] of network.operations.entries()) {
    const runAll = async (one: QuantizedOperation): Promise<void> => {
      for (const values of blobs) {
        signal?.throwIfAborted();
        values.set(operation.output, runOperation(network, one, values));
        meter.report(position, operation.layer);
        await setImmediate();
      }
    };
    const exact = operation.kind === 'convolution' ? layers.get(operation.layer) : undefined;
    const means = exact === undefined ? undefined : exactMeans.get(exact.output);
    if (operation.kind === 'convolution' && exact !== undefined && means !== undefined) {
      const [from, to] = [network.tensors[operation.input], network.tensors[operation.output]];
      const isInt8 = operation.form.kind !== 'float';
      const scales = scalesOf(table, exact);
      const geometry = { ...geometryOf(graph, exact), padLevel: operation.padLevel };
      const read = blobs.map((values) => values.get(operation.input) ?? new Int8Array());
      const onSign = (): void => {
        meter.report(position, operation.layer);
      };
      const rounded =
        rounds && isInt8 ? await roundedLevels(geometry, exact, read, scales, { signal, onSign }) : undefined;
      const mended = rounded === undefined ? exact : withLevels(exact, { levels: rounded, scales });
      if (rounded !== undefined) levels.set(operation.layer, rounded);
      const withBias = (added: Float64Array): QuantizedConvolution => {
        const bias = exact.bias.map((value, channel) => value + added[channel]);
        const { form } = convolutionForm({ ...mended, bias }, isInt8 ? scales : undefined, from, to);
        return { ...operation, form };
      };
      const stored = isInt8 ? storedWeights(mended, scales, from.scale) : exact.weights;
      const known = offsetCorrection(exact, stored, -(exact.padValue ?? 0));
      await runAll(withBias(known));
      const factor = to.type === 'int8' ? 1 / to.scale : 1;
      const found = blobs.map((values) =>
        channelMeans(values.get(operation.output) ?? new Int8Array(), exact.outputChannels, factor),
      );
      const measured = biasCorrection(means, found);
      const added = known.map((value, channel) => value + measured[channel]);
      addToBias.set(operation.layer, added);
      await runAll(withBias(added));
    } else {
      await runAll(operation);
    }
    for (const values of blobs)
      for (const index of operationInputs(operation)) if (uses.get(index) === position) values.delete(index);
    meter.report(position + 1, operation.layer);
  }
  return { levels, addToBias };
}

/** By value that a layer writes, for each input. */
async function exactResultMeans(
  { graph, inputs, exactResults, signal }: LayerByLayer,
  network: QuantizedNetwork,
  onSign: (detail: string) => void,
): Promise<ReadonlyMap<ValueId, readonly ResultMeans[]>> {
  const scales = new Map(network.tensors.map(({ name, scale }) => [name.replace(/@int8$/, ''), scale] as const));
  const means = new Map<ValueId, ResultMeans[]>();
  for (const [index, input] of inputs.entries()) {
    signal?.throwIfAborted();
    const results = await exactResults(input);
    for (const { output, outputChannels, activation } of convolutionsOf(graph)) {
      const values = results.get(output);
      if (values === undefined) continue;
      const scale = scales.get(output) ?? 0;
      const high = scale > 0 ? INT8_LIMIT / scale : Infinity;
      const found = resultMeans(values, outputChannels, activation, { low: -high, high });
      means.set(output, [...(means.get(output) ?? []), found]);
    }
    onSign(`fp32 ${index + 1}`);
    await setImmediate();
  }
  return means;
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
function storedWeights(operation: ConvolutionOperation, scales: readonly number[], inputScale: number): Float32Array {
  const stored = quantiseWeights(operation, scales, inputScale);
  const perOutput = stored.weights.length / operation.outputChannels;
  return Float32Array.from(stored.weights, (level, index) => level / stored.scales[Math.floor(index / perOutput)]);
}
