import { describe, expect, it } from 'vitest';
import { describeNet } from '../caffe/net.ts';
import { randomSource } from '../common/random.ts';
import { optimise } from '../graph/passes.ts';
import { createForwardSession } from '../inference/onnx-session.ts';
import { networkOf } from '../network/load.ts';
import { lowerNetwork } from '../network/lower.ts';

import { withRandomWeights } from '../network/random-weights.ts';
import { methodThresholds, readValues, tableOf } from './candidates.ts';

/** A layer, and two deconvolutions, one of which reads the input too: as networks have it that enlarge a picture. */
const prototxt = `
  input: "data" input_dim: 1 input_dim: 2 input_dim: 6 input_dim: 6
  layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 3 kernel_size: 1 } }
  layer { name: "up" type: "Deconvolution" bottom: "conv" top: "up" convolution_param { num_output: 2 kernel_size: 2 stride: 2 } }
  layer { name: "near" type: "Deconvolution" bottom: "data" top: "near" convolution_param { num_output: 2 kernel_size: 2 stride: 2 } }
  layer { name: "sum" type: "Eltwise" bottom: "up" bottom: "near" top: "sum" }`;

describe('thresholds', () => {
  it('of what a deconvolution reads are those of the blob that it spreads', async () => {
    const network = withRandomWeights(networkOf(describeNet(prototxt, 'test.prototxt')));
    const graph = optimise(lowerNetwork(network));
    expect([...readValues(graph)].map(([{ layer }, id]) => [layer, id])).toEqual([
      ['conv', 'data'],
      ['up', 'conv'],
      ['near', 'data'],
    ]);
    const session = await createForwardSession(network, { outputs: ['conv'] });
    const random = randomSource(5);
    const tensor = { shape: [1, 2, 6, 6], data: Float32Array.from({ length: 72 }, () => random() - 0.3) };
    const byMethod = await methodThresholds(graph, session, 'data', [{ path: 'p.npy', tensor }], {});
    await session.close();
    const minmax = byMethod.get('minmax') ?? new Map<string, number>();
    expect([...minmax.keys()].sort()).toEqual(['conv', 'data']);
    const { activations } = tableOf(graph, minmax, new Set());
    expect([...activations.keys()]).toEqual(['conv', 'up', 'near']);
    expect(activations.get('near')).toEqual(activations.get('conv'));
    for (const [scale] of activations.values()) expect(scale).toBeGreaterThan(0);
    // Nothing is known of what has no threshold: it stays in float.
    expect([...tableOf(graph, new Map([['conv', 1]]), new Set()).activations.keys()]).toEqual(['up']);
  });
});
