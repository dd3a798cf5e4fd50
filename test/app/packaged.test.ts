import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Arch } from 'electron-builder';
import beforePack from '../../electron/packaging/before-pack.mjs';
import { fuseConfig } from '../../electron/packaging/fuses.mjs';
import { environmentConfig, packageApp } from '../../electron/packaging/package.mjs';
import { missingResources } from '../../electron/packaging/required-resources.mjs';
import { TestApp } from './support/app.ts';
import { boardWay } from './support/board-way.ts';
import { Person } from './support/person.ts';
import { electronRuntime, ROOT } from './support/runtime.ts';
import { sampleWay } from './support/sample-way.ts';

const runtime = electronRuntime();
const mebibyte = 1024 * 1024;

describe('fuses', () => {
  it('are all against what an app does not need, as far as the runtime has them', () => {
    const config = fuseConfig('45.4.1', false);
    expect(config[FuseV1Options.RunAsNode]).toBe(false);
    expect(config[FuseV1Options.EnableNodeOptionsEnvironmentVariable]).toBe(false);
    expect(config[FuseV1Options.EnableNodeCliInspectArguments]).toBe(false);
    expect(config[FuseV1Options.EnableEmbeddedAsarIntegrityValidation]).toBe(true);
    expect(config[FuseV1Options.OnlyLoadAppFromAsar]).toBe(true);
    expect(config[FuseV1Options.GrantFileProtocolExtraPrivileges]).toBe(false);
    expect(FuseV1Options.GrantFileProtocolExtraPrivileges in fuseConfig('25.1.1', false)).toBe(false);
  });
});

describe('the packaging', () => {
  it('names every agent and file that is missing', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'cortado-empty-'));
    try {
      const missing = missingResources(empty, 'linux', 'x64');
      expect(missing).toEqual(
        expect.arrayContaining([
          'resources/agents/aarch64/cortado-agent',
          'resources/agents/armv7/cortado-agent',
          'resources/agents/x86_64/cortado-agent',
          'resources/sample/digits.caffemodel',
          'THIRD-PARTY-NOTICES.md',
        ]),
      );
      expect(missingResources(empty, 'win32', 'x64')).not.toContain('resources/agents/x86_64/cortado-agent');
    } finally {
      await rm(empty, { recursive: true });
    }
  });

  it('ends before anything is packaged where an agent is missing', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'cortado-empty-'));
    try {
      const context = { packager: { projectDir: empty }, arch: Arch.x64, electronPlatformName: 'linux' };
      expect(() => {
        beforePack(context);
      }).toThrow(/would lack: resources\/agents\/aarch64\/cortado-agent/);
    } finally {
      await rm(empty, { recursive: true });
    }
  });

  it('signs, notarises and updates only where the environment says so', () => {
    expect(environmentConfig({})).toEqual({ mac: { notarize: false } });
    const config = environmentConfig({ APPLE_TEAM_ID: 'T', CORTADO_UPDATE_URL: 'https://updates.example/' });
    expect(config).toEqual({
      mac: { notarize: true },
      publish: { provider: 'generic', url: 'https://updates.example/' },
    });
  });
});

describe.skipIf(runtime === undefined)('the packaged app', () => {
  const folder = join(ROOT, 'dist', 'linux-unpacked');
  const executable = join(folder, 'cortado');
  let app: TestApp;

  beforeAll(async () => {
    const env = { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: runtime };
    process.env.CORTADO_TEST_BUILD = '1';
    await packageApp({ dir: true, env });
    app = await TestApp.start(executable);
  });

  afterAll(async () => {
    delete process.env.CORTADO_TEST_BUILD;
    await app.close();
  });

  it('has its fuses set', async () => {
    const wire = await getCurrentFuseWire(executable);
    const { ENABLE, DISABLE } = FuseState;
    expect([
      wire[FuseV1Options.RunAsNode],
      wire[FuseV1Options.EnableCookieEncryption],
      wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable],
      // A test build: Playwright attaches by it.
      wire[FuseV1Options.EnableNodeCliInspectArguments],
      wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation],
      wire[FuseV1Options.OnlyLoadAppFromAsar],
    ]).toEqual([DISABLE, ENABLE, DISABLE, ENABLE, ENABLE, ENABLE]);
  });

  it('holds what it needs and nothing for other systems, in less than 350 MB', async () => {
    const resources = join(folder, 'resources');
    const runtimes = join(resources, 'app.asar.unpacked', 'node_modules', 'onnxruntime-node', 'bin');
    const [abi] = await readdir(runtimes);
    expect(await readdir(join(runtimes, abi))).toEqual([process.platform]);
    expect(await readdir(join(runtimes, abi, process.platform))).toEqual([process.arch]);
    for (const agent of ['aarch64', 'armv7', 'x86_64']) {
      expect(existsSync(join(resources, 'resources', 'agents', agent, 'cortado-agent'))).toBe(true);
    }
    expect(await readdir(resources)).not.toContain('default_app.asar');
    // Without this file nothing is ever looked for in the network.
    expect(await readdir(resources)).not.toContain('app-update.yml');
    expect(await readFile(join(resources, 'THIRD-PARTY-NOTICES.md'), 'utf8')).toContain('Third-party');
    const size = await sizeOf(folder);
    process.stderr.write(`installed size: ${(size / mebibyte).toFixed(0)} MiB\n`);
    expect(size).toBeLessThan(350e6);
  });

  it('starts, and takes the sample the whole way by clicks, with its own libraries and agents', async () => {
    expect(await app.electron.evaluate(({ app: electron }) => electron.isPackaged)).toBe(true);
    expect(await app.get('app.notices')).toContain('Third-party');
    await sampleWay(new Person(app));
  });

  boardWay(() => TestApp.start(executable));
});

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) size += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return size;
}
