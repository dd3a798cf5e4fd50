import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { listImages } from '../../core/images/list-images.ts';
import { readReport } from '../../core/report/read.ts';
import { cortado } from '../support/cli.ts';
import { hasBoards, hasTestData, temporaryFolder, testData } from '../support/paths.ts';
import { startEmulatedBoard } from './emulated-board.ts';

const proto = join(testData, 'models/squeezenet_v1.1/deploy.prototxt');
const model = join(testData, 'models/squeezenet_v1.1/weights.caffemodel');
const input = join(testData, 'reference/squeezenet_v1.1/in0.npy');
const pictures = 12;

/** One package, three kinds of board, as a user deploys it: the same bytes everywhere. */
describe.skipIf(!hasBoards || !hasTestData)('SqueezeNet v1.1 on emulated boards', () => {
  const folder = temporaryFolder();
  const table = join(folder, 'squeezenet.table');
  const packageFile = join(folder, 'squeezenet.cortado');
  const knownHosts = join(folder, 'known_hosts');
  let onHost: Buffer;

  async function succeed(args: readonly string[], stdin = ''): Promise<string> {
    const { code, stdout, stderr } = await cortado(args, { stdin });
    expect(code, stderr).toBe(0);
    return stdout;
  }

  beforeAll(async () => {
    const images = join(testData, 'images/imagenet');
    const list = join(folder, 'pictures.txt');
    await writeFile(list, (await listImages(images)).slice(0, pictures).join('\n'));
    const network = ['--proto', proto, '--model', model];
    const preprocessing = ['--mean', '104', '117', '123', '--size', '256', '256', '--crop', '227', '227'];
    await succeed(['calibrate', ...network, '--images', list, ...preprocessing, '--output', table]);
    await succeed(['build', 'neon', ...network, '--table', table, ...preprocessing, '--output', packageFile]);
    const output = join(folder, 'host.npy');
    await succeed(['run', packageFile, '--input', input, '--output', output, '--backend', 'reference']);
    onHost = await readFile(output);
  }, 300_000);

  test.each([
    ['a53', 'aarch64', /_mull/],
    ['a76', 'aarch64', /_dotprod/],
    ['a15', 'armv7', /_armv7/],
  ] as const)(
    '%s: the report says %s, its own kernels, and the outputs equal those of this computer bit for bit',
    async (kind, architecture, kernels) => {
      const board = await startEmulatedBoard(kind);
      try {
        const address = `root@127.0.0.1:${board.port}`;
        const outputs = join(folder, kind);
        const report = join(folder, `${kind}.json`);
        const run = ['deploy', packageFile, '--board', address, '--known-hosts', knownHosts, '--iterations', '2'];
        const more = ['--warmup', '0', '--input', input, '--outputs', outputs, '--report', report];
        const asked = await cortado([...run, ...more, '--password-stdin'], { stdin: 'cortado\n' });
        expect(asked.code).toBe(1);
        const fingerprint = /SHA256:[A-Za-z0-9+/]+/.exec(asked.stderr)?.[0] ?? '';
        await succeed([...run, ...more, '--password-stdin', '--accept-host-key', fingerprint], 'cortado\n');
        const said = await readReport(report);
        expect(said.board).toMatchObject({ kind: 'real', architecture });
        expect(said.verification.int8Blobs).toBe(37);
        expect(said.latency.samplesNs).toHaveLength(2);
        const convolutions = said.run.kernels.filter(({ kernel }) => kernel.startsWith('conv'));
        expect(convolutions).toHaveLength(26);
        for (const { kernel } of convolutions) expect(kernel).toMatch(kernels);
        expect((await readFile(join(outputs, 'output.npy'))).equals(onHost)).toBe(true);
        // The key is known now, and root's own key opens the door as well.
        await succeed([...run, ...more, '--identity', board.key]);
      } finally {
        await board.stop();
      }
    },
    400_000,
  );
});
