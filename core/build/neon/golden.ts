import { CortadoError } from '../../common/errors.ts';
import type { LongCall } from '../../common/progress.ts';
import { elementCount } from '../../common/tensor.ts';
import { normalise } from '../../images/normalise.ts';
import { channelCount } from '../../images/pixels.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import { quantiseBlob } from '../../quantization/execute/convert.ts';
import { execute, type BlobData } from '../../quantization/execute/execute.ts';
import { agreements, type Agreement } from '../../quantization/agreement.ts';
import type { QuantizedNetwork, QuantizedTensor, TensorIndex } from '../../quantization/quantized-network.ts';
import { bytesOf, crc32 } from '../package/crc32.ts';
import type { Golden, GoldenTensor } from '../package/model.ts';
import { imagePattern } from './golden-input.ts';

const SEED = 20_180_614;

/**
 * Tolerance of a float output, as a share of its largest magnitude. Float sums differ with their order; a float that is
 * quantised again may fall on the other side of a rounding boundary, which moves later blobs by whole int8 steps.
 */
const TOLERANCES: Readonly<Record<Agreement, number>> = { exact: 1e-6, float: 1e-3, requantised: 5e-2 };

export interface GoldenOptions extends LongCall {
  /** How pixels become the input; without it the golden input is float. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Pixels of a real picture (channels x height x width); a pattern where there are none. */
  readonly pixels?: Uint8Array | undefined;
}

interface MadeGolden {
  readonly golden: Golden;
  /** CRC-32 of every blob that all implementations compute alike. */
  readonly checks: ReadonlyMap<TensorIndex, number>;
  /** The golden inputs as the network's input tensors hold them. */
  readonly blobs: readonly BlobData[];
}

/**
 * An input with the outputs that this computer finds, and the checks of every int8 blob that all implementations must
 * compute alike. It is run by the executor in core/quantization, in integers for int8 and in float64 sums for float.
 *
 * Throws `build.golden-size` where `pixels` does not fit the input.
 */
export async function makeGolden(network: QuantizedNetwork, options: GoldenOptions): Promise<MadeGolden> {
  const inputs = network.inputs.map((index, position) => goldenInput(network, index, position, options));
  const agreement = agreements(network);
  const checks = new Map<TensorIndex, number>();
  const outputs = await execute(
    network,
    inputs.map(({ blob }) => blob),
    {
      signal: options.signal,
      onProgress: options.onProgress,
      onBlob: (index, data) => {
        if (data instanceof Int8Array && agreement[index] === 'exact') checks.set(index, crc32(bytesOf(data)));
      },
    },
  );
  return {
    checks,
    blobs: inputs.map(({ blob }) => blob),
    golden: {
      inputs: inputs.map(({ golden }) => golden),
      outputs: network.outputs.map((tensor, position): GoldenTensor => {
        const data = outputs[position];
        const largest = largestMagnitude(data);
        return { tensor, data, tolerance: TOLERANCES[agreement[tensor]] * largest };
      }),
    },
  };
}

function goldenInput(
  network: QuantizedNetwork,
  index: TensorIndex,
  position: number,
  { preprocessing, pixels }: GoldenOptions,
): { readonly golden: GoldenTensor; readonly blob: BlobData } {
  const tensor = network.tensors[index];
  const pattern = imagePattern(tensor.shape, SEED + position);
  if (preprocessing === undefined || !takesPixels(tensor, preprocessing)) {
    const reach = tensor.type === 'int8' ? 127 / tensor.scale : 1;
    const data = Float32Array.from(pattern, (value) => ((value - 127.5) / 127.5) * reach);
    return { golden: { tensor: index, data, tolerance: 0 }, blob: blobOf(tensor, data) };
  }
  const perImage = elementCount(tensor.shape) / tensor.shape[0];
  if (pixels !== undefined && pixels.length !== perImage) {
    throw new CortadoError(
      'build.golden-size',
      `The picture for the golden input has ${pixels.length} values; the network's input ${tensor.name} takes ${perImage}.`,
      "Give a picture that the network's own preprocessing prepared.",
    );
  }
  const values = new Float32Array(pattern.length);
  for (let from = 0; from < pattern.length; from += perImage) {
    if (pixels !== undefined) pattern.set(pixels, from);
    values.set(normalise(pattern.subarray(from, from + perImage), preprocessing), from);
  }
  return { golden: { tensor: index, data: pattern, tolerance: 0 }, blob: blobOf(tensor, values) };
}

/** True where the tensor is a batch of pictures of the preprocessing's size. */
export function takesPixels(tensor: QuantizedTensor, { crop, channels }: Preprocessing): boolean {
  const [, inputChannels, height, width] = tensor.shape;
  return (
    tensor.shape.length === 4 &&
    inputChannels === channelCount(channels) &&
    height === crop.height &&
    width === crop.width
  );
}

function blobOf(tensor: QuantizedTensor, values: Float32Array): BlobData {
  return tensor.type === 'int8' ? quantiseBlob(values, tensor.scale) : values;
}

function largestMagnitude(data: BlobData): number {
  let largest = 0;
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  return largest;
}
