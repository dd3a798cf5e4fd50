import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeBoard, type ProbePart } from '../../core/deploy/probe-board.ts';
import { repositoryRoot } from '../support/paths.ts';

const agents = join(repositoryRoot, 'resources', 'agents');

describe.skipIf(!existsSync(join(agents, 'x86_64', 'cortado-agent')))('probing a board', () => {
  const request = {
    board: { kind: 'virtual' },
    credentials: {},
    hostKeys: {},
    agentFor: (architecture: string) =>
      architecture === 'x86_64'
        ? Promise.resolve(join(agents, 'x86_64', 'cortado-agent'))
        : Promise.reject(new Error()),
    boardsFolder: join(repositoryRoot, 'resources', 'boards'),
    onLog: () => undefined,
  } as const;

  it('says what the virtual board is, part by part', async () => {
    const parts: ProbePart[] = [];
    const found = await probeBoard({ ...request, onPart: (part) => parts.push(part) });
    expect(found).toMatchObject({ recognised: 'virtual', virtual: true, hostKey: { type: 'ssh-ed25519' } });
    expect(found.probe.cpu.count).toBeGreaterThan(0);
    expect(parts.map(({ name, status }) => `${name} ${status}`)).toEqual(
      ['connect', 'upload', 'probe'].flatMap((name) => [`${name} running`, `${name} done`]),
    );
  });

  it('names the part that failed', async () => {
    const parts: ProbePart[] = [];
    const address = { kind: 'ssh', user: 'pi', host: '127.0.0.1', port: 1 } as const;
    const outcome = probeBoard({ ...request, board: address, onPart: (part) => parts.push(part) });
    await expect(outcome).rejects.toMatchObject({ code: 'ssh.refused' });
    expect(parts.at(-1)).toEqual({ name: 'connect', status: 'failed' });
  });
});
