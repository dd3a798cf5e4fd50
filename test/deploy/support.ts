import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { PackageNeeds } from '../../core/deploy/check.ts';
import type { DeployOptions } from '../../core/deploy/deploy.ts';
import type { DeployEvent, Stage } from '../../core/deploy/stages.ts';
import type { VirtualBoard } from '../../core/deploy/virtual/virtual-board.ts';

const FAKE_AGENT = fileURLToPath(new URL('fixtures/fake-agent.sh', import.meta.url));

/** A folder for a test's files; `remove` in afterEach. */
export async function scratchFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'cortado-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** An agent of shell script, told apart by a comment, so that its content is this test's own. */
export async function fakeAgent(folder: string): Promise<string> {
  const path = join(folder, 'cortado-agent');
  await copyFile(FAKE_AGENT, path);
  await chmod(path, 0o755);
  return path;
}

export type FakeMode = 'good' | 'chatty' | 'slow' | 'silent' | 'crash' | 'damaged';

/** A "package" that tells the fake agent what to do. */
export async function fakePackage(folder: string, mode: FakeMode, bytes = 1000): Promise<string> {
  const path = join(folder, `${mode}.cortado`);
  await mkdir(folder, { recursive: true });
  await writeFile(path, Buffer.concat([Buffer.from(`${mode}\n`), randomBytes(bytes)]));
  return path;
}

export const NEEDS: PackageNeeds = {
  name: 'fake',
  target: 'neon',
  precision: 'int8',
  cpuFeatures: [],
  memoryBytes: 4096,
  packageBytes: 1000,
};

/** Options of a deployment to a board that was started for the test. */
export async function deployOptions(board: VirtualBoard, folder: string, mode: FakeMode): Promise<DeployOptions> {
  const agent = await fakeAgent(folder);
  return {
    board: board.address,
    packagePath: await fakePackage(folder, mode),
    needs: NEEDS,
    agentFor: () => Promise.resolve(agent),
    credentials: { password: board.password },
    hostKeys: { acceptHostKey: board.hostKey, userKnownHosts: null },
    settings: { iterations: 3, warmup: 1 },
  };
}

/** The last status of every stage. */
export function stageStates(events: readonly DeployEvent[]): Map<Stage, string> {
  return new Map(events.flatMap((event) => (event.kind === 'stage' ? [[event.stage, event.status] as const] : [])));
}

/** Waits until `condition` holds; fails the test after thirty seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect.fail(`did not happen: ${what}`);
}

/** Command lines of this computer's processes that name `folder`. */
export async function processesNaming(folder: string): Promise<string[]> {
  const { readdir } = await import('node:fs/promises');
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(folder));
}
