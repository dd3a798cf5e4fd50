import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { npyToTensor, readNpy } from '../../core/common/npy.ts';
import { cortado } from '../support/cli.ts';
import { hasTestData, temporaryFolder, testData } from '../support/paths.ts';

/** Largest |difference| that is taken for agreement, as a share of the blob's largest value. */
const TOLERANCE = 1e-3;
const folder = temporaryFolder();

interface Sampled {
  readonly layers: readonly {
    readonly layer: string;
    readonly top: string;
    readonly stride: number;
    readonly offset: number;
    readonly count: number;
    readonly min: number;
    readonly max: number;
  }[];
}

describe.skipIf(!hasTestData)('forward', () => {
  test.each(['lenet_mnist', 'squeezenet_v1.1', 'mobilenet_v1_0.25', 'resnet20_cifar10'])(
    '%s: outputs and every blob agree with the reference',
    async (name) => {
      const reference = join(testData, 'reference', name);
      const { layers } = JSON.parse(await readFile(join(reference, 'index0.json'), 'utf8')) as Sampled;
      const samples = npyToTensor(await readNpy(join(reference, 'acts0.npy'))).data;
      // A blob's name means its last value, so its last layer is the one to compare with.
      const lastOf = new Map(layers.map((layer) => [layer.top, layer]));
      const output = join(folder, name);
      const result = await cortado([
        ...['forward', '--proto', join(testData, 'models', name, 'deploy.prototxt')],
        ...['--model', join(testData, 'models', name, 'weights.caffemodel')],
        ...['--input', join(reference, 'in0.npy'), '--output', output],
        ...[...lastOf.keys()].flatMap((blob) => ['--blob', blob]),
      ]);
      expect(result.code, result.stderr).toBe(0);
      for (const [blob, { stride, offset, count, min, max }] of lastOf) {
        const { data } = npyToTensor(await readNpy(join(output, `${blob.replaceAll('/', '_')}.npy`)));
        const largest = Math.max(Math.abs(min), Math.abs(max));
        for (let i = 0; i < count; i++) {
          expect(Math.abs(data[i * stride] - samples[offset + i]), `${blob} [${i * stride}]`).toBeLessThanOrEqual(
            TOLERANCE * largest,
          );
        }
      }
    },
  );

  test('without --blob the outputs are written, and an unknown blob is refused with nothing written', async () => {
    const model = [
      '--proto',
      join(testData, 'models/lenet_mnist/deploy.prototxt'),
      '--model',
      join(testData, 'models/lenet_mnist/weights.caffemodel'),
    ];
    const input = ['--input', join(testData, 'reference/lenet_mnist/in0.npy')];
    const output = join(folder, 'outputs');
    expect(await cortado(['forward', ...model, ...input, '--output', output])).toMatchObject({ code: 0 });
    expect(existsSync(join(output, 'prob.npy'))).toBe(true);
    const unknown = await cortado(['forward', ...model, ...input, '--output', join(folder, 'none'), '--blob', 'conv7']);
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toContain('conv7');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
