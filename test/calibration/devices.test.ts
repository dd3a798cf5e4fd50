import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeWorkers } from '../../core/calibration/workers/node-workers.ts';
import { forkLauncher } from '../../core/common/fork-worker.ts';
import { providerOf } from '../../core/inference/devices/providers.ts';
import { tryDevice } from '../../core/inference/devices/try-device.ts';

const usual = { timeoutMs: 60_000 };

describe('trying a device in a process of its own', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cortado-devices-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  /** A worker that does something else. */
  async function worker(code: string): Promise<URL> {
    const path = join(folder, `worker-${code.length}.mjs`);
    await writeFile(path, code);
    return pathToFileURL(path);
  }

  it('finds the processor working', async () => {
    const trial = await tryDevice(providerOf('cpu'), { launch: nodeWorkers, ...usual });
    expect(trial, trial.reason).toMatchObject({ works: true });
  });

  it('survives a provider that is not of this system', async () => {
    const other = providerOf(process.platform === 'win32' ? 'coreml' : 'dml');
    const trial = await tryDevice(other, { launch: nodeWorkers, ...usual });
    expect(trial).toMatchObject({ works: false });
    expect(trial.reason).toContain('not here');
  });

  it('survives a crash, and says how it ended', async () => {
    const launch = forkLauncher(await worker("console.error('driver lost'); process.abort();"));
    const trial = await tryDevice(providerOf('webgpu'), { launch, ...usual });
    expect(trial.works).toBe(false);
    expect(trial.reason).toMatch(/^It crashed: the process (was ended by SIGABRT|ended with code \d+)/);
  });

  it('ends one that hangs', async () => {
    const launch = forkLauncher(await worker("process.on('message', () => { for (;;); });"));
    const trial = await tryDevice(providerOf('webgpu'), { launch, timeoutMs: 1500 });
    expect(trial.reason).toBe('It hung: no answer after 1.5 s.');
  });
});
