import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrate } from '../../core/calibration/calibrate.ts';
import { foldTable } from '../../core/calibration/fold-table.ts';
import { calibrationTarget } from '../../core/calibration/network-target.ts';
import { encodeNpy } from '../../core/common/npy.ts';
import { randomSource } from '../../core/common/random.ts';
import { elementCount, type Tensor } from '../../core/common/tensor.ts';
import { optimise } from '../../core/graph/passes.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { lowerNetwork } from '../../core/network/lower.ts';
import type { Network } from '../../core/network/network.ts';
import { withRandomWeights } from '../../core/network/random-weights.ts';
import { quantiseBlob } from '../../core/quantization/execute/convert.ts';
import type { BlobData } from '../../core/quantization/execute/execute.ts';
import { quantizeNetwork } from '../../core/quantization/quantize.ts';
import type { QuantizedNetwork } from '../../core/quantization/quantized-network.ts';
import { testData } from './paths.ts';
import { inputOf, picturesOf, realModels } from './real-models.ts';

/** A network that the accelerator is measured with. */
export interface AcceleratorNetwork {
  readonly name: string;
  /** A model of the test data, or a prototxt of it that gets random weights. */
  readonly weights: 'real' | 'random';
  /** Of a prototxt: the blob to stop at. */
  readonly output?: string;
  /** Runs in seconds. */
  readonly isSmall?: true;
}

export const acceleratorNetworks: readonly AcceleratorNetwork[] = [
  { name: 'lenet_mnist', weights: 'real', isSmall: true },
  { name: 'mobilenet_v1_0.25', weights: 'real', isSmall: true },
  { name: 'squeezenet_v1.1', weights: 'real' },
  { name: 'mobilenet_v1', weights: 'random' },
  { name: 'resnet18', weights: 'random' },
  { name: 'vgg16', weights: 'random', output: 'pool5' },
];

export interface PreparedNetwork {
  readonly network: QuantizedNetwork;
  readonly inputs: readonly BlobData[];
}

/** Calibrates a network on two inputs (pictures for real weights, else noise) and quantises it; `inputs` is the first of the two. */
export async function prepareForAccelerator({ name, weights, output }: AcceleratorNetwork): Promise<PreparedNetwork> {
  const source = await load(name, weights, output);
  const tensors = await inputsOf(name, weights, source);
  const folder = await mkdtemp(join(tmpdir(), 'cortado-fpga-'));
  try {
    const files = await Promise.all(
      tensors.map(async (tensor, index) => {
        const file = join(folder, `${index}.npy`);
        await writeFile(file, encodeNpy(tensor));
        return file;
      }),
    );
    // Scales of all blobs and of all weights: then residual sums and pooling stay int8.
    const blobs = await calibrate({ network: source, inputs: files, format: 'release' });
    const layers = await calibrate({ network: source, inputs: files, format: 'ncnn' });
    const table = { ...blobs.table, weights: layers.table.weights };
    const folded = foldTable(table, calibrationTarget(source));
    const { network } = quantizeNetwork(optimise(lowerNetwork(source)), folded, 'int8');
    const [{ data }] = tensors;
    const { type, scale } = network.tensors[network.inputs[0]];
    return { network, inputs: [type === 'int8' ? quantiseBlob(data, scale) : data] };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function load(name: string, weights: 'real' | 'random', output: string | undefined): Promise<Network> {
  if (weights === 'real') {
    const folder = join(testData, 'models', name);
    return loadNetwork({ proto: join(folder, 'deploy.prototxt'), model: join(folder, 'weights.caffemodel') });
  }
  const options = output === undefined ? {} : { outputs: [output] };
  return withRandomWeights(await loadNetwork({ proto: join(testData, 'prototxts', `${name}.prototxt`) }, options));
}

const INPUTS = 2;

async function inputsOf(name: string, weights: 'real' | 'random', network: Network): Promise<readonly Tensor[]> {
  const shape = [1, ...network.inputs[0].shape.slice(1)];
  const real = realModels.find((each) => each.name === name);
  if (weights === 'real' && real !== undefined) {
    const pictures = await picturesOf(real, INPUTS);
    return Promise.all(pictures.map((picture) => inputOf(real, picture, shape)));
  }
  const random = randomSource(7);
  return Array.from({ length: INPUTS }, () => ({
    shape,
    data: Float32Array.from({ length: elementCount(shape) }, () => 2 * random() - 1),
  }));
}
