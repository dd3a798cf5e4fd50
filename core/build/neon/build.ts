import { CortadoError } from '../../common/errors.ts';
import type { LongCall } from '../../common/progress.ts';
import { elementCount, shapeText } from '../../common/tensor.ts';
import { VERSION } from '../../common/version.ts';
import type { ScaleTable } from '../../calibration/table.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import { pixelTable } from '../../quantization/pixels.ts';
import type { LayerPrecision } from '../../quantization/precision-report.ts';
import { quantizeNetwork, type Precision } from '../../quantization/quantize.ts';
import type { QuantizedNetwork } from '../../quantization/quantized-network.ts';
import type { PackageAccelerator } from '../package/accelerator.ts';
import type { PackagePreprocessing } from '../package/model.ts';
import { encodePackage } from '../package/write.ts';
import { makeGolden, takesPixels } from './golden.ts';
import { halfCost, halfCostNote, type HalfCost } from './half-cost.ts';
import { peakBlobBytes } from './memory.ts';

/** The agent holds every blob as N x C x H x W. */
const MOST_AXES = 4;

export interface NeonBuild extends LongCall {
  /** Optimised (core/graph): BatchNorm folded, activations fused. */
  readonly graph: Graph;
  /** Needed for int8. */
  readonly table?: ScaleTable | undefined;
  /** As the user wrote it: `int8`, `fp16` or `fp32`; others are refused by name. */
  readonly precision: string;
  /** Layers of an int8 network that run in float. */
  readonly keepFloat?: ReadonlySet<string> | undefined;
  /** How an int8 network holds the weights of what runs in float: `fp16`, or `fp32` where absent. */
  readonly floatWeights?: 'fp16' | 'fp32' | undefined;
  /** Undefined where calibration took tensors as they are: then the package takes float inputs only. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Names of the classes, in the order of the network's output. */
  readonly labels?: readonly string[] | undefined;
  /** A real picture for the golden input: 8-bit, channels x height x width as core/images prepares it. */
  readonly goldenPixels?: Uint8Array | undefined;
  /** Of prototxt and caffemodel, one after the other. */
  readonly modelSha256: string;
  readonly tableSha256?: string | undefined;
  /** What the package is called; the network's own name where there is none. */
  readonly name?: string | undefined;
  /** Adds the accelerator's part (core/build/fpga). */
  readonly offload?: ((network: QuantizedNetwork) => Offload) | undefined;
}

/** What an accelerator takes over. */
export interface Offload {
  /** The network with its operations in the order in which both sides run them. */
  readonly network: QuantizedNetwork;
  readonly accelerator: PackageAccelerator;
  /** Part and RTL: `xc7z020-4d0ae191`. */
  readonly bitstream: string;
}

export interface BuiltPackage {
  /** The package file. */
  readonly bytes: Uint8Array;
  /** What the user should know. */
  readonly notes: readonly string[];
  readonly layers: readonly LayerPrecision[];
  /** What float16 costs, where weights were wanted so. */
  readonly half?: HalfCost;
}

/**
 * Builds the package for an ARM board with NEON: quantises the network, computes the golden outputs on this computer and
 * encodes everything into one file, in memory.
 *
 * Throws `build.precision` for what is not int8, fp16 or fp32, `build.axes` for a blob of more than four axes, `build.preprocessing`
 * where the preprocessing does not fit the input, and what quantizeNetwork and makeGolden throw.
 */
export async function buildNeonPackage(build: NeonBuild): Promise<BuiltPackage> {
  const precision = knownPrecision(build.precision);
  const floatWeights = build.floatWeights === 'fp16' ? 'float16' : 'float32';
  const quantized = quantizeNetwork(build.graph, build.table, precision, build.keepFloat, floatWeights);
  const { network: unnamed, layers, notes } = quantized;
  const named = { ...unnamed, name: build.name ?? unnamed.name };
  requireBoardShapes(named);
  requireFittingPreprocessing(named, build.preprocessing);
  const offload = build.offload?.(named);
  const network = offload?.network ?? named;
  const { golden, checks, blobs } = await makeGolden(network, {
    preprocessing: build.preprocessing,
    pixels: build.goldenPixels,
    signal: build.signal,
    onProgress: build.onProgress,
  });
  const bytes = encodePackage({
    fingerprint: {
      builder: `cortado ${VERSION}`,
      target: offload === undefined ? 'neon' : 'fpga',
      precision,
      cpuFeatures: [],
      memory: peakBlobBytes(network),
      ...(offload === undefined ? {} : { bitstream: offload.bitstream }),
      modelSha256: build.modelSha256,
      ...(precision !== 'int8' || build.tableSha256 === undefined ? {} : { tableSha256: build.tableSha256 }),
    },
    network,
    checks,
    preprocessing: packagePreprocessing(network, build.preprocessing),
    labels: build.labels ?? [],
    golden: [golden],
    macs: multiplyAccumulates(network),
    ...(offload === undefined ? {} : { accelerator: offload.accelerator }),
  });
  if (quantized.halves.length === 0) return { bytes, notes, layers };
  const whole = quantizeNetwork(build.graph, build.table, precision === 'fp16' ? 'fp32' : precision, build.keepFloat);
  const half = await halfCost(quantized.halves, whole.network, blobs, golden, build.signal);
  return { bytes, notes: [...notes, halfCostNote(half)], layers, half };
}

function knownPrecision(precision: string): Precision {
  if (precision === 'int8' || precision === 'fp16' || precision === 'fp32') return precision;
  throw new CortadoError(
    'build.precision',
    `There is no precision called ${precision}.`,
    'Build with --precision int8, fp16 or fp32.',
    { location: { field: '--precision' } },
  );
}

function requireBoardShapes(network: QuantizedNetwork): void {
  const deep = network.tensors.find(({ shape }) => shape.length > MOST_AXES);
  if (deep === undefined) return;
  throw new CortadoError(
    'build.axes',
    `Blob ${deep.name} has ${deep.shape.length} axes (${shapeText(deep.shape)}); boards compute with up to ${MOST_AXES}.`,
    'Change the Reshape that makes it, or run the network on this computer with cortado forward.',
    { location: { field: deep.name } },
  );
}

function requireFittingPreprocessing(network: QuantizedNetwork, preprocessing: Preprocessing | undefined): void {
  if (preprocessing === undefined || network.inputs.length !== 1) return;
  const tensor = network.tensors[network.inputs[0]];
  if (takesPixels(tensor, preprocessing)) return;
  const { crop, channels } = preprocessing;
  throw new CortadoError(
    'build.preprocessing',
    `Pictures become ${crop.width} x ${crop.height} with channels ${channels}, but the network's input ${tensor.name} is ${shapeText(tensor.shape)}.`,
    'Set --crop (or --size) and --channels to what the network takes.',
  );
}

function packagePreprocessing(
  network: QuantizedNetwork,
  preprocessing: Preprocessing | undefined,
): PackagePreprocessing {
  const none = { width: 0, height: 0 };
  const empty = { mean: new Float32Array(), meanImage: new Float32Array(), table: new Int8Array() };
  if (preprocessing === undefined) return { resize: none, crop: none, channels: 'unknown', norm: 1, ...empty };
  const { resize, crop, channels, norm, mean } = preprocessing;
  const input = network.tensors[network.inputs[0]];
  const table = input.type === 'int8' ? pixelTable(preprocessing, input.scale) : undefined;
  return {
    resize,
    crop,
    channels,
    norm,
    ...empty,
    ...(mean.kind === 'values' ? { mean: Float32Array.from(mean.values) } : { meanImage: mean.data }),
    ...(table === undefined ? {} : { table }),
  };
}

/** Those of a deconvolution are counted for its pixels alone, not for the zeros that were put between them. */
function multiplyAccumulates(network: QuantizedNetwork): number {
  const pixels = new Map(
    network.operations.flatMap((operation) => {
      if (operation.kind !== 'insert-zeros') return [];
      const [before, after] = [operation.inputs[0], operation.output].map((index) =>
        elementCount(network.tensors[index].shape),
      );
      return [[operation.output, before / after] as const];
    }),
  );
  const total = network.operations.reduce((sum, operation) => {
    if (operation.kind !== 'convolution') return sum;
    const perOutput = operation.form.weights.length / operation.outputChannels;
    const share = pixels.get(operation.input) ?? 1;
    return sum + elementCount(network.tensors[operation.output].shape) * perOutput * share;
  }, 0);
  return Math.round(total);
}
