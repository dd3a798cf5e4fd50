import { describe, expect, it } from 'vitest';
import { encodeTrialPackage } from '../../core/build/neon/trial-package.ts';
import { agentRunner } from '../../core/cli/local-runner.ts';
import type { ConvolutionOperation, Graph } from '../../core/graph/graph.ts';
import { executedOutputs, packageOutputs } from '../../core/evaluation/int8-outputs.ts';
import { quantizeNetwork } from '../../core/quantization/quantize.ts';

const one = { height: 1, width: 1 };

function layer(name: string, weight: number): ConvolutionOperation {
  return {
    kind: 'convolution',
    layer: name,
    inputs: ['data'],
    output: name,
    fullyConnected: false,
    kernel: one,
    stride: one,
    pad: { height: 0, width: 0 },
    dilation: one,
    group: 1,
    outputChannels: 1,
    weights: Float32Array.of(weight),
    bias: Float32Array.of(1),
    activation: { kind: 'none' },
  };
}

const shape = [1, 1, 2, 2];
const graph: Graph = {
  name: 'two',
  values: new Map(['data', 'a', 'b'].map((id) => [id, { id, blob: id, shape }])),
  inputs: ['data'],
  outputs: ['a', 'b'],
  operations: [layer('a', 2), layer('b', -3)],
};
const table = {
  format: 'ncnn',
  activationKey: 'layer',
  weights: new Map([
    ['a', [127 / 2]],
    ['b', [127 / 3]],
  ]),
  activations: new Map([
    ['a', [127]],
    ['b', [127]],
  ]),
} as const;
const runner = await agentRunner(1, new AbortController().signal);

describe.skipIf(runner === undefined)('a network of several outputs', () => {
  it('gives the same outputs by the agent as in TypeScript, from a package that was made for a trial', async () => {
    const { network } = quantizeNetwork(graph, table, 'int8');
    const inputs = [0.25, -1].map((value) => ({ shape, data: Float32Array.of(value, 1, 0, 0.5) }));
    if (runner === undefined) return;
    const agent = await packageOutputs(encodeTrialPackage(network), 2, runner);
    try {
      const found = await agent.run(inputs);
      expect(found).toEqual(await executedOutputs(network).run(inputs));
      expect(found[1][1][0]).toBeCloseTo(4, 3);
    } finally {
      await agent.close();
    }
  });
});
