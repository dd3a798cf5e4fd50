import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../core/common/tensor.ts';
import { decodeToPixels } from '../../core/images/pixels.ts';
import { normalise } from '../../core/images/normalise.ts';
import { resolvePreprocessing } from '../../core/images/resolve-preprocessing.ts';
import { createForwardSession } from '../../core/inference/onnx-session.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { classCount, loadDigits } from './train/digits.ts';
import { samplePictures } from './train/write-sample.ts';

const folder = import.meta.dirname;
const proto = join(folder, 'deploy.prototxt');
const model = join(folder, 'digits.caffemodel');

interface Picture {
  readonly file: string;
  readonly label: number;
  readonly input: Float32Array;
}

/** The pictures of labels.csv, prepared as the prototxt says. */
async function pictures(): Promise<readonly Picture[]> {
  const network = await loadNetwork({ proto, model });
  const { preprocessing } = resolvePreprocessing({
    transformParams: network.transforms,
    inputShape: [1, 1, 28, 28],
    flags: {},
  });
  const lines = (await readFile(join(folder, 'labels.csv'), 'utf8')).trim().split('\n').slice(1);
  return Promise.all(
    lines.map(async (line) => {
      const [file, label] = line.split(',');
      const pixels = await decodeToPixels(join(folder, 'images', file), preprocessing);
      return { file, label: Number(label), input: normalise(pixels, preprocessing) };
    }),
  );
}

const hasOpenCv = spawnSync('/usr/bin/python3', ['-c', 'import cv2, numpy']).status === 0;

describe('the sample', () => {
  let prepared: readonly Picture[];
  let outputs: readonly ReadonlyMap<string, Tensor>[];

  beforeAll(async () => {
    prepared = await pictures();
    const session = await createForwardSession(await loadNetwork({ proto, model }), {
      outputs: ['prob', 'res2', 'fire4/concat'],
    });
    const results: ReadonlyMap<string, Tensor>[] = [];
    for (const { input } of prepared) {
      results.push(await session.run(new Map([['data', { shape: [1, 1, 28, 28], data: input }]])));
    }
    await session.close();
    outputs = results;
  });

  it('recognises its pictures', () => {
    const right = prepared.filter(({ label }, index) => {
      const probabilities = outputs[index].get('prob')?.data ?? new Float32Array(1);
      return probabilities.indexOf(Math.max(...probabilities)) === label;
    });
    expect(prepared).toHaveLength(60);
    expect(right.length).toBeGreaterThanOrEqual(58);
  });

  describe.skipIf(!hasOpenCv)("OpenCV's Caffe importer", () => {
    let scratch: string;

    beforeAll(async () => {
      scratch = await mkdtemp(join(tmpdir(), 'cortado-sample-'));
    });

    afterAll(async () => {
      await rm(scratch, { recursive: true, force: true });
    });

    it.each(['prob', 'res2', 'fire4/concat'])('reads it and computes the same %s', async (blob) => {
      const inputs = join(scratch, 'inputs.bin');
      const results = join(scratch, 'outputs.bin');
      await writeFile(inputs, Buffer.concat(prepared.map(({ input }) => Buffer.from(input.buffer))));
      const script = [
        'import sys, cv2, numpy',
        'proto, model, inputs, blob, outputs = sys.argv[1:]',
        'net = cv2.dnn.readNetFromCaffe(proto, model)',
        "batch = numpy.fromfile(inputs, '<f4').reshape(-1, 1, 1, 28, 28)",
        // The residual sum is overwritten in place: its last value is what the ReLU leaves.
        "layer = {'res2': 'res2_relu'}.get(blob, blob)",
        'def forward(data):',
        '    net.setInput(data)',
        '    return net.forward(layer).copy()',
        'numpy.concatenate([forward(data) for data in batch]).tofile(outputs)',
      ].join('\n');
      const run = spawnSync('/usr/bin/python3', ['-c', script, proto, model, inputs, blob, results], {
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      const theirs = new Float32Array(Uint8Array.from(await readFile(results)).buffer);
      const ours = outputs.flatMap((output) => [...(output.get(blob)?.data ?? [])]);
      expect(ours).toHaveLength(theirs.length);
      const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const difference = theirs.reduce((most, value, index) => Math.max(most, Math.abs(value - ours[index])), 0);
      expect(difference / largest).toBeLessThan(1e-4);
    });
  });
});

describe('the accuracy', () => {
  it('on all held-out digits is what README.md says', async () => {
    const { heldOut } = await loadDigits();
    const count = heldOut.length;
    const network = await loadNetwork({ proto, model });
    const session = await createForwardSession(network, { inputShapes: new Map([['data', [count, 1, 28, 28]]]) });
    const data = Float32Array.from(
      heldOut.flatMap(({ pixels }) => [...pixels]),
      (pixel) => pixel / 256,
    );
    const probabilities = (await session.run(new Map([['data', { shape: [count, 1, 28, 28], data }]]))).get('prob');
    await session.close();
    const right = heldOut.filter(({ label }, index) => {
      const scores = probabilities?.data.subarray(index * classCount, (index + 1) * classCount) ?? new Float32Array(1);
      return scores.indexOf(Math.max(...scores)) === label;
    });
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    const percent = ((100 * right.length) / count).toFixed(2);
    expect(readme).toContain(`**${percent} %** (${right.length} of ${count})`);
    expect(right.length / count).toBeGreaterThanOrEqual(0.985);
  });
});

describe('the files of the sample', () => {
  it('are held-out digits, six of each class, pixel for pixel', async () => {
    const { training, heldOut } = await loadDigits();
    expect(training).toHaveLength(8500);
    expect(heldOut).toHaveLength(1500);
    const expected = samplePictures(heldOut);
    expect((await readdir(join(folder, 'images'))).sort()).toEqual(expected.map(({ name }) => name));
    const trained = new Set(training.map(({ pixels }) => Buffer.from(pixels).toString('latin1')));
    const gray = {
      resize: { width: 28, height: 28 },
      crop: { width: 28, height: 28 },
      channels: 'gray',
      mean: { kind: 'values', values: [0] },
      norm: 1,
    } as const;
    for (const { name, digit } of expected) {
      const pixels = await decodeToPixels(join(folder, 'images', name), gray);
      expect(pixels).toEqual(digit.pixels);
      expect(trained.has(Buffer.from(pixels).toString('latin1'))).toBe(false);
    }
  });

  it('name each class, and stay small', async () => {
    const names = (await readFile(join(folder, 'labels.txt'), 'utf8')).trim().split('\n');
    expect(names).toHaveLength(classCount);
    expect((await stat(model)).size).toBeLessThan(200_000);
  });
});
