import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomSource } from '../common/random.ts';
import { hasTestData, testData } from '../common/test-data.ts';
import { elementCount } from '../common/tensor.ts';
import { loadNetwork } from '../network/load.ts';
import { withRandomWeights } from '../network/random-weights.ts';
import { createForwardSession } from './onnx-session.ts';

/** Inputs that these files leave open: they read a database. */
const inputShapes = { lenet_train_test: { data: [1, 1, 28, 28] }, lenet_v0_2013: { data: [1, 1, 28, 28] } };

describe.skipIf(!hasTestData)('prototxts without weights run with random ones', () => {
  const names = hasTestData
    ? readdirSync(testData('prototxts')).flatMap((file) => /^(.*)\.prototxt$/.exec(file)?.[1] ?? [])
    : [];
  it.each(names)('%s', async (name) => {
    const shapes = Object.entries(inputShapes).find(([key]) => key === name)?.[1];
    const options = shapes === undefined ? {} : { inputShapes: shapes };
    const plain = await loadNetwork({ proto: testData('prototxts', `${name}.prototxt`) }, options);
    const network = withRandomWeights(plain);
    const random = randomSource(2);
    const session = await createForwardSession(network);
    const inputs = network.inputs.map(({ name: blob, shape }) => {
      const data = Float32Array.from({ length: elementCount(shape) }, () => 2 * random() - 1);
      return [blob, { shape, data }] as const;
    });
    const results = await session.run(new Map(inputs));
    await session.close();
    expect(results.size).toBeGreaterThan(0);
    for (const { data } of results.values()) expect(data.every(Number.isFinite)).toBe(true);
  });
});
