import { randomSource } from '../common/random.ts';
import { elementCount } from '../common/tensor.ts';
import type { WeightShape } from '../layers/kind.ts';
import type { Network } from './network.ts';

/**
 * The network with random weights in place of trained ones, the same for the same seed: to test shapes, speed and memory
 * of a prototxt that has no caffemodel. Activations keep a size that neither overflows nor dies out.
 */
export function withRandomWeights(network: Network, seed = 1): Network {
  const random = randomSource(seed);
  const layers = network.layers.map((layer) => ({
    ...layer,
    weights: layer.weightShapes.map((wanted) => ({ shape: wanted.shape, data: randomBlob(wanted, random) })),
  }));
  return { ...network, layers };
}

function randomBlob({ name, shape }: WeightShape, random: () => number): Float32Array {
  const data = new Float32Array(elementCount(shape));
  const [middle, spread] = distribution(name, elementCount(shape.slice(1)));
  for (let index = 0; index < data.length; index += 1) data[index] = middle + spread * (2 * random() - 1);
  return data;
}

/** Middle and half width of a blob's uniform distribution, by what the blob is. */
function distribution(name: string, fanIn: number): readonly [number, number] {
  switch (name) {
    case 'weights':
      // He's initialisation: variance 2 / fan-in.
      return [0, Math.sqrt(6 / fanIn)];
    case 'variance':
    case 'scale':
      return [1, 0.3];
    case 'divisor':
      return [1, 0];
    case 'slopes':
      return [0.25, 0.1];
    default:
      return [0, 0.1];
  }
}
