import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildNeonPackage } from '../../core/build/neon/build.ts';
import { decodePackage } from '../../core/build/package/read.ts';
import { randomSource } from '../../core/common/random.ts';
import { elementCount, type Tensor } from '../../core/common/tensor.ts';
import { optimise } from '../../core/graph/passes.ts';
import { createForwardSession } from '../../core/inference/onnx-session.ts';
import { lowerNetwork } from '../../core/network/lower.ts';
import type { Network } from '../../core/network/network.ts';
import { execute } from '../../core/quantization/execute/execute.ts';
import { agents, verifyPackage } from '../support/agents.ts';
import { layerCases } from '../support/layer-kinds.ts';

async function forward(network: Network, inputs: ReadonlyMap<string, Tensor>): Promise<readonly Tensor[]> {
  const session = await createForwardSession(network, { threads: 1 });
  try {
    return [...(await session.run(inputs)).values()];
  } finally {
    await session.close();
  }
}

function randomInputs(network: Network): ReadonlyMap<string, Tensor> {
  const random = randomSource(5);
  return new Map(
    network.inputs.map(({ name, shape }) => [
      name,
      { shape, data: Float32Array.from({ length: elementCount(shape) }, () => 2 * random() - 1) },
    ]),
  );
}

describe.each(layerCases)('$name', ({ network: make }) => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cortado-layers-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const build = async (network: Network): Promise<Uint8Array> => {
    const graph = optimise(lowerNetwork(network));
    const { bytes } = await buildNeonPackage({ graph, precision: 'fp32', modelSha256: '0'.repeat(64) });
    return bytes;
  };

  it('computes from its package what ONNX Runtime computes', async () => {
    const network = make();
    const inputs = randomInputs(network);
    const { network: decoded } = decodePackage(await build(network));
    const outputs = await execute(
      decoded,
      [...inputs.values()].map(({ data }) => data),
    );
    const wanted = await forward(network, inputs);
    expect(outputs.length).toBe(wanted.length);
    wanted.forEach(({ data }, position) => {
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeGreaterThan(0);
      expect(outputs[position].length).toBe(data.length);
      data.forEach((value, index) => {
        expect(Math.abs(outputs[position][index] - value)).toBeLessThanOrEqual(2e-6 * largest);
      });
    });
  });

  it.each(agents)('is computed just so by the agent: $name', async (agent) => {
    const path = join(folder, 'layer.cortado');
    await writeFile(path, await build(make()));
    for (const { maxDifference, tolerance } of (await verifyPackage(agent, path)).floatOutputs) {
      expect(maxDifference).toBeLessThanOrEqual(tolerance);
    }
  });
});
