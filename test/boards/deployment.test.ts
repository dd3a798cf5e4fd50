import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshAddress } from '../../core/deploy/address.ts';
import { deploy } from '../../core/deploy/deploy.ts';
import type { DeployOptions } from '../../core/deploy/deploy.ts';
import { runScript } from '../../core/deploy/ssh/command.ts';
import { BoardConnection } from '../../core/deploy/ssh/connection.ts';
import type { DeployEvent } from '../../core/deploy/stages.ts';
import { eventually, fakeAgent, fakePackage, NEEDS, scratchFolder } from '../deploy/support.ts';
import { hasBoards } from '../support/paths.ts';
import { startEmulatedBoard } from './emulated-board.ts';
import type { EmulatedBoard } from './emulated-board.ts';

/** A bare board with dropbear and busybox: what deployment has to do without OpenSSH, bash and coreutils. */
describe.skipIf(!hasBoards)('deployment to a board with dropbear and busybox', () => {
  let board: EmulatedBoard;
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let options: DeployOptions;

  beforeAll(async () => {
    scratch = await scratchFolder();
    board = await startEmulatedBoard('a53');
    const agent = await fakeAgent(scratch.path);
    options = {
      board: at('board'),
      packagePath: await fakePackage(scratch.path, 'good', 700_000),
      needs: NEEDS,
      agentFor: () => Promise.resolve(agent),
      credentials: { password: 'cortado' },
      hostKeys: {
        userKnownHosts: null,
        projectKnownHosts: join(scratch.path, 'known_hosts'),
        askHostKey: () => Promise.resolve(true),
      },
      settings: { iterations: 3, warmup: 1 },
    };
    // The board's / is closed to all but root as it boots.
    await onBoard('root', 'chmod 755 /');
  }, 400_000);

  afterAll(async () => {
    await board.stop();
    await scratch.remove();
  });

  function at(user: string): SshAddress {
    return { kind: 'ssh', user, host: '127.0.0.1', port: board.port };
  }

  async function onBoard(user: string, script: string): Promise<string> {
    const connection = await BoardConnection.open({
      address: at(user),
      credentials: { password: 'cortado' },
      hostKeys: options.hostKeys ?? {},
    });
    try {
      return (await runScript(connection, script)).stdout.trim();
    } finally {
      await connection.close();
    }
  }

  it('logs in with a password, runs, and leaves nothing', async () => {
    const outputFolder = join(scratch.path, 'out');
    const run = await deploy({ ...options, outputFolder });
    expect(run.nature).toEqual({
      accelerator: null,
      architecture: 'aarch64',
      runner: [],
      virtual: false,
      emulated: false,
    });
    expect(run.done.latenciesNs).toHaveLength(3);
    expect(await readFile(join(outputFolder, 'output.npy'), 'utf8')).toBe('npy bytes');
    expect(await onBoard('board', 'ls -A $HOME; ls -A /tmp')).toBe('');
  });

  it("logs in with root's key", async () => {
    const credentials = { identityFile: board.key };
    const run = await deploy({ ...options, board: at('root'), credentials });
    expect(run.hostKey.standing).toBe('known');
    expect(await onBoard('root', 'ls -A $HOME; ls -A /tmp')).toBe('.ssh');
  });

  it('ends the process there when it is cancelled', async () => {
    const controller = new AbortController();
    const events: DeployEvent[] = [];
    const packagePath = await fakePackage(scratch.path, 'slow');
    const onEvent = (event: DeployEvent) => events.push(event);
    const outcome = deploy({ ...options, packagePath, signal: controller.signal, onEvent });
    outcome.catch(() => undefined);
    await eventually(() => events.some((event) => event.kind === 'agent' && event.event.event === 'alive'), 'alive');
    controller.abort(new Error('stopped by the user'));
    await expect(outcome).rejects.toThrow('stopped by the user');
    expect(await onBoard('board', 'ps -o args | grep "[c]ortado-agent"; ls -A $HOME')).toBe('');
  });

  it('names a wrong password as such', async () => {
    const outcome = deploy({ ...options, credentials: { password: 'wrong' } });
    await expect(outcome).rejects.toMatchObject({ code: 'ssh.wrong-password' });
  });

  it('leaves nothing when the storage is full', async () => {
    await onBoard('root', 'mkdir /home/board/.cache && mount -t tmpfs -o size=300k,mode=1777 t /home/board/.cache');
    try {
      await expect(deploy(options)).rejects.toMatchObject({ code: 'board.disk-full' });
      expect(await onBoard('board', 'ls -A $HOME/.cache')).toBe('');
    } finally {
      await onBoard('root', 'umount /home/board/.cache && rmdir /home/board/.cache');
    }
  });

  it('does without a home folder that may hold programs', async () => {
    await onBoard('root', 'mount -t tmpfs -o noexec,mode=777 t /home/board');
    try {
      const run = await deploy(options);
      expect(run.done.latenciesNs).toHaveLength(3);
      expect(await onBoard('board', 'ls -A $HOME; ls -A /tmp')).toBe('');
    } finally {
      await onBoard('root', 'umount /home/board');
    }
  });

  it('does without SFTP and without a program for SHA-256', async () => {
    await onBoard('root', 'mv /usr/lib/sftp-server /usr/lib/away; rm -f /bin/sha256sum');
    try {
      const run = await deploy(options);
      expect(run.package.bytes).toBe(700_005);
      expect(await onBoard('board', 'ls -A $HOME')).toBe('');
    } finally {
      await onBoard('root', 'mv /usr/lib/away /usr/lib/sftp-server; ln -s /bin/busybox /bin/sha256sum');
    }
  });
});
