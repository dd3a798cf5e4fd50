import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { virtualBoardState } from './virtual-board.ts';

let agents: string;

beforeAll(async () => {
  agents = await mkdtemp(join(tmpdir(), 'cortado-agents-'));
  await mkdir(join(agents, 'aarch64'));
  await writeFile(join(agents, 'aarch64', 'cortado-agent'), '');
  await chmod(join(agents, 'aarch64', 'cortado-agent'), 0o755);
});

afterAll(async () => {
  await rm(agents, { recursive: true });
});

describe('the virtual board', () => {
  it('is there where an agent for the computer itself is', () => {
    expect(virtualBoardState(agents, 'linux', 'arm64')).toEqual({ available: true, reason: null });
    expect(virtualBoardState(agents, 'linux', 'x64')).toEqual({ available: false, reason: 'agent-not-built' });
  });

  it.each([
    ['win32', 'x64', 'no-agent.win32'],
    ['darwin', 'arm64', 'no-agent.darwin'],
    ['linux', 'riscv64', 'no-agent.other'],
    ['freebsd', 'x64', 'no-agent.other'],
  ] as const)('is not on %s (%s), and says why', (platform, processor, reason) => {
    expect(virtualBoardState(agents, platform, processor)).toEqual({ available: false, reason });
  });
});
