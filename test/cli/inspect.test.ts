import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cortado } from '../support/cli.ts';
import { sample, temporaryFolder } from '../support/paths.ts';

const folder = temporaryFolder();

test('a training network without a shape asks for it and takes it', async () => {
  const proto = join(folder, 'train_val.prototxt');
  await writeFile(
    proto,
    `layer { name: "data" type: "Data" top: "data" top: "label" data_param { source: "lmdb" batch_size: 64 } }
layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "c" bottom: "label" top: "loss" }`,
  );
  const asked = await cortado(['inspect', '--proto', proto]);
  expect(asked).toMatchObject({ code: 1, stdout: '' });
  expect(asked.stderr).toContain(`${proto}:1`);
  expect(asked.stderr).toContain('--input-shape');
  const given = await cortado(['inspect', '--proto', proto, '--input-shape', '1', '3', '10', '12', '--json']);
  const { layers } = JSON.parse(given.stdout) as { layers: readonly { name: string; shapes: unknown }[] };
  expect(layers).toMatchObject([{ name: 'c', shapes: [[1, 4, 8, 10]] }]);
});

test('the network is listed, and drawn on request', async () => {
  const drawing = join(folder, 'digits.svg');
  const network = ['--proto', join(sample, 'deploy.prototxt'), '--model', join(sample, 'digits.caffemodel')];
  const { code, stdout } = await cortado(['inspect', ...network, '--graph', drawing]);
  expect(code).toBe(0);
  for (const word of ['conv1', 'fire4/concat', '1x10', 'Total', '1.91 M']) expect(stdout).toContain(word);
  expect(await readFile(drawing, 'utf8')).toMatch(/^<svg[\s\S]*fire4\/concat[\s\S]*<\/svg>\s*$/);
});
