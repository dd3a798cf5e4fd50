import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFromFiles } from '../../core/cli/commands/build.ts';
import { npyToTensor, readNpy } from '../../core/common/npy.ts';
import type { BoardArchitecture } from '../../core/deploy/architecture.ts';
import type { BoardRun } from '../../core/deploy/board-run.ts';
import { deploy } from '../../core/deploy/deploy.ts';
import type { DeployOptions } from '../../core/deploy/deploy.ts';
import { packageNeeds } from '../../core/deploy/package-needs.ts';
import type { DeployEvent } from '../../core/deploy/stages.ts';
import { createReport, reportJson } from '../../core/report/create.ts';
import { parseReport } from '../../core/report/read.ts';
import { findingsOf } from '../../core/report/verdict.ts';
import { repositoryRoot, sample } from '../support/paths.ts';
import { NEEDS, scratchFolder } from './support.ts';

const agentOf = (architecture: BoardArchitecture) =>
  join(repositoryRoot, 'resources/agents', architecture, 'cortado-agent');
const emulators = ['/usr/bin/qemu-aarch64', '/usr/bin/qemu-aarch64-static'];
const canEmulate = existsSync(agentOf('aarch64')) && emulators.some((path) => existsSync(path));

/** The agent as it is built, on the virtual board: what it says must be what this side expects. */
describe.skipIf(!existsSync(agentOf('x86_64')))('the real agent on the virtual board', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let options: DeployOptions;

  beforeAll(async () => {
    scratch = await scratchFolder();
    const packagePath = join(scratch.path, 'digits.cortado');
    const flags = {
      proto: join(sample, 'deploy.prototxt'),
      model: join(sample, 'digits.caffemodel'),
      precision: 'fp32',
      output: packagePath,
    };
    const built = await buildFromFiles(flags, new AbortController().signal);
    await writeFile(packagePath, built.bytes);
    options = {
      board: { kind: 'virtual' },
      packagePath,
      needs: await packageNeeds(packagePath),
      agentFor: (architecture) =>
        architecture === 'x86_64' ? Promise.resolve(agentOf('x86_64')) : Promise.reject(new Error('not wanted here')),
      settings: { iterations: 40, warmup: 3, threads: 1 },
    };
  });

  afterAll(async () => {
    await scratch.remove();
  });

  /** Runs, and holds that every line of the agent was understood. */
  async function run(changes: Partial<DeployOptions> = {}): Promise<BoardRun> {
    const log: string[] = [];
    const onEvent = (event: DeployEvent) => {
      if (event.kind === 'log') log.push(event.text);
    };
    const result = await deploy({ ...options, ...changes, onEvent });
    expect(log).toEqual([]);
    return result;
  }

  it('makes a report that reads back', async () => {
    const report = createReport(await run());
    expect(parseReport(reportJson(report), 'r.json')).toEqual(report);
    expect(report.latency.samplesNs).toHaveLength(40);
    expect(report.run.threads).toBe(1);
    expect(report.board).toMatchObject({ kind: 'virtual', emulated: false, architecture: 'x86_64' });
    expect(report.verification.goldenInputs).toBeGreaterThan(0);
    expect(report.layers?.length).toBeGreaterThan(5);
    expect(report.outputs[0].top).toHaveLength(5);
    expect(new Set(report.conditions.map(({ phase }) => phase))).toEqual(new Set(['before', 'during', 'after']));
    expect(findingsOf(report).map(({ code }) => code)).toContain('virtual');
  });

  it.skipIf(!canEmulate)('gives the same outputs on an emulated aarch64, whose times it does not trust', async () => {
    const own = join(scratch.path, 'own');
    const emulated = join(scratch.path, 'emulated');
    await run({ outputFolder: own });
    const report = createReport(
      await run({ outputFolder: emulated, agentFor: (architecture) => Promise.resolve(agentOf(architecture)) }),
    );
    expect(report.board).toMatchObject({ kind: 'virtual', emulated: true, architecture: 'aarch64' });
    expect(findingsOf(report)[0]).toMatchObject({ level: 'bad', code: 'emulated' });
    const [one, other] = await Promise.all([own, emulated].map(async (folder) => valuesOf(join(folder, 'output.npy'))));
    expect(one.length).toBe(10);
    one.forEach((value, index) => {
      expect(other[index]).toBeCloseTo(value, 4);
    });
  });

  it('refuses a damaged package by name on the board', async () => {
    const packagePath = join(scratch.path, 'damaged.cortado');
    const bytes = await readFile(options.packagePath);
    bytes[Math.floor(bytes.length / 2)] ^= 0x10;
    await writeFile(packagePath, bytes);
    await expect(deploy({ ...options, packagePath, needs: NEEDS })).rejects.toMatchObject({ code: 'package.damaged' });
  });

  it('says which input does not fit', async () => {
    const inputPath = join(scratch.path, 'input.npy');
    await writeFile(inputPath, 'no npy');
    await expect(deploy({ ...options, inputPath })).rejects.toMatchObject({ code: 'input.unreadable' });
  });
});

async function valuesOf(path: string): Promise<number[]> {
  return Array.from(npyToTensor(await readNpy(path)).data);
}
