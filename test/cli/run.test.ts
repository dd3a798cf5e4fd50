import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { findCommand } from '../../core/cli/agents.ts';
import { encodeNpy, npyToTensor, readNpy } from '../../core/common/npy.ts';
import { decodeToPixels } from '../../core/images/pixels.ts';
import { cortado } from '../support/cli.ts';
import { repositoryRoot, sample, temporaryFolder } from '../support/paths.ts';

const folder = temporaryFolder();
const network = ['--proto', join(sample, 'deploy.prototxt'), '--model', join(sample, 'digits.caffemodel')];
const table = join(folder, 'digits.table');
const packageFile = join(folder, 'digits.cortado');
const pixels = join(folder, 'three.npy');
const hasEmulator = (await findCommand('qemu-aarch64')) !== null;

beforeAll(async () => {
  await succeed(['calibrate', ...network, '--images', join(sample, 'images'), '--output', table]);
  const labels = ['--labels', join(sample, 'labels.txt')];
  await succeed(['build', 'neon', ...network, '--table', table, ...labels, '--output', packageFile]);
  const data = await decodeToPixels(join(sample, 'images', '3-2.png'), {
    resize: { width: 28, height: 28 },
    crop: { width: 28, height: 28 },
    channels: 'gray',
    mean: { kind: 'values', values: [0] },
    norm: 1,
  });
  await writeFile(pixels, encodeNpy({ shape: [1, 1, 28, 28], data }));
}, 120_000);

async function succeed(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cortado(args);
  expect(code, stderr).toBe(0);
  return stdout;
}

test('pixels of a picture are prepared on the board, and the answer has its label', async () => {
  const output = join(folder, 'pixels.out.npy');
  const said = await succeed(['run', packageFile, '--input', pixels, '--output', output]);
  expect(said).toMatch(/prob \(1x10\)\n {2}3 /);
  const { shape, data } = npyToTensor(await readNpy(output));
  expect(shape).toEqual([1, 10]);
  expect(data.indexOf(Math.max(...data))).toBe(3);
});

test('float input is used as it is: pixels times the norm give the same answer', async () => {
  const raw = npyToTensor(await readNpy(pixels));
  const input = join(folder, 'floats.npy');
  await writeFile(
    input,
    encodeNpy({ shape: raw.shape, data: raw.data.map((value) => Math.fround(value * 0.00390625)) }),
  );
  const [fromPixels, fromFloats] = [join(folder, 'a.npy'), join(folder, 'b.npy')];
  await succeed(['run', packageFile, '--input', pixels, '--output', fromPixels]);
  await succeed(['run', packageFile, '--input', input, '--output', fromFloats]);
  expect((await readFile(fromPixels)).equals(await readFile(fromFloats))).toBe(true);
});

test.skipIf(!hasEmulator)('NEON under the emulator gives the bytes of the reference', async () => {
  const [reference, neon] = [join(folder, 'reference.npy'), join(folder, 'neon.npy')];
  await succeed(['run', packageFile, '--input', pixels, '--output', reference, '--backend', 'reference']);
  await succeed(['run', packageFile, '--input', pixels, '--output', neon, '--backend', 'neon', '--iterations', '2']);
  expect((await readFile(neon)).equals(await readFile(reference))).toBe(true);
});

test.skipIf(process.arch !== 'x64')(
  'NEON without ARM and without an emulator is refused with that advice',
  async () => {
    const bin = join(repositoryRoot, 'node_modules/.bin');
    const result = await cortado(['run', packageFile, '--backend', 'neon'], { env: { PATH: `${bin}:/bin/none` } });
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain('qemu-user');
  },
);

test('an input of another shape is refused with both shapes, and nothing is written', async () => {
  const input = join(folder, 'wide.npy');
  await writeFile(input, encodeNpy({ shape: [1, 1, 28, 29], data: new Float32Array(28 * 29) }));
  const output = join(folder, 'wide.out.npy');
  const { code, stderr } = await cortado(['run', packageFile, '--input', input, '--output', output]);
  expect(code).toBe(1);
  expect(stderr).toContain('28');
  expect(stderr).toContain('29');
  expect(existsSync(output)).toBe(false);
});
