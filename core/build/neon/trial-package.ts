import { elementCount } from '../../common/tensor.ts';
import { VERSION } from '../../common/version.ts';
import type { QuantizedNetwork } from '../../quantization/quantized-network.ts';
import { encodePackage } from '../package/write.ts';
import { peakBlobBytes } from './memory.ts';

/** Any float is within it. */
const anything = 3e38;

/**
 * A package to be run on this computer and thrown away: float inputs, and golden outputs that any result agrees with, so that
 * the network need not be executed to make it. Never for a board: it could not tell that it computes wrongly.
 */
export function encodeTrialPackage(network: QuantizedNetwork): Uint8Array {
  const zeros = (tensor: number, tolerance: number) => ({
    tensor,
    data: new Float32Array(elementCount(network.tensors[tensor].shape)),
    tolerance,
  });
  return encodePackage({
    fingerprint: {
      builder: `cortado ${VERSION}`,
      target: 'neon',
      precision: 'int8',
      cpuFeatures: [],
      memory: peakBlobBytes(network),
      modelSha256: '',
    },
    network,
    checks: new Map(),
    preprocessing: {
      resize: { width: 0, height: 0 },
      crop: { width: 0, height: 0 },
      channels: 'unknown',
      norm: 1,
      mean: new Float32Array(),
      meanImage: new Float32Array(),
      table: new Int8Array(),
    },
    labels: [],
    golden: [
      {
        inputs: network.inputs.map((tensor) => zeros(tensor, 0)),
        outputs: network.outputs.map((tensor) => zeros(tensor, anything)),
      },
    ],
    macs: 0,
  });
}
