import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshAddress } from '../../core/deploy/address.ts';
import { deploy } from '../../core/deploy/deploy.ts';
import type { DeployOptions } from '../../core/deploy/deploy.ts';
import type { DeployEvent } from '../../core/deploy/stages.ts';
import { canStartOpenSsh, startOpenSsh } from './openssh-server.ts';
import type { OpenSshServer } from './openssh-server.ts';
import { eventually, fakeAgent, fakePackage, NEEDS, processesNaming, scratchFolder } from './support.ts';

describe.skipIf(!canStartOpenSsh())("deploy to Debian's OpenSSH server", () => {
  let server: OpenSshServer;
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let options: DeployOptions;
  let address: SshAddress;

  beforeAll(async () => {
    server = await startOpenSsh();
    scratch = await scratchFolder();
    const agent = await fakeAgent(scratch.path);
    address = { kind: 'ssh', user: server.user, host: '127.0.0.1', port: server.port };
    const knownHosts = join(scratch.path, 'known_hosts');
    await writeFile(knownHosts, `${await server.hostKey('ed25519')}\n`);
    options = {
      board: address,
      packagePath: await fakePackage(scratch.path, 'good', 300_000),
      needs: NEEDS,
      agentFor: () => Promise.resolve(agent),
      credentials: { password: server.password },
      hostKeys: { userKnownHosts: knownHosts },
      settings: { iterations: 3, warmup: 1 },
    };
  });

  afterAll(async () => {
    await server.close();
    await scratch.remove();
  });

  async function leftBehind(): Promise<string[]> {
    const names = await readdir(server.home, { recursive: true });
    return names.filter((name) => name.includes('cortado') || name === '.cache');
  }

  it('logs in with a password, a greeting in front of every answer notwithstanding', async () => {
    const run = await deploy(options);
    expect(run.done.latenciesNs).toHaveLength(3);
    expect(run.hostKey).toMatchObject({ type: 'ssh-ed25519', standing: 'known' });
    expect(await leftBehind()).toEqual([]);
  });

  it('logs in with a key, asking for its passphrase until it is right', async () => {
    const asked: string[] = [];
    const askSecret = ({ kind, attempt }: { kind: string; attempt: number }) => {
      asked.push(`${kind} ${attempt}`);
      return Promise.resolve(attempt === 1 ? 'wrong' : server.passphrase);
    };
    const run = await deploy({ ...options, credentials: { identityFile: server.key, askSecret } });
    expect(run.done.latenciesNs).toHaveLength(3);
    expect(asked).toEqual(['passphrase 1', 'passphrase 2']);
  });

  it('tells a missing passphrase, a wrong one, a foreign key and a file that is no key apart', async () => {
    const attempt = (credentials: DeployOptions['credentials']) => deploy({ ...options, credentials });
    await expect(attempt({ identityFile: server.key })).rejects.toMatchObject({ code: 'ssh.passphrase-missing' });
    let tries = 0;
    const wrong = { identityFile: server.key, askSecret: () => Promise.resolve(++tries > 3 ? undefined : 'wrong') };
    await expect(attempt(wrong)).rejects.toMatchObject({
      code: 'ssh.passphrase-wrong',
      location: { file: server.key },
    });
    const stranger = join(scratch.path, 'id_stranger');
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', stranger]);
    await expect(attempt({ identityFile: stranger })).rejects.toMatchObject({ code: 'ssh.key-refused' });
    await expect(attempt({ identityFile: `${stranger}.pub` })).rejects.toMatchObject({ code: 'ssh.key-invalid' });
    await expect(attempt({ identityFile: '/nowhere' })).rejects.toMatchObject({ code: 'ssh.key-unreadable' });
  });

  it('takes rsa and ecdsa keys', async () => {
    for (const kind of ['rsa', 'ecdsa']) {
      const key = join(scratch.path, `id_${kind}`);
      execFileSync('ssh-keygen', ['-q', '-t', kind, '-N', '', '-f', key]);
      execFileSync('sh', ['-c', `cat ${key}.pub >> ${server.home}/.ssh/authorized_keys`]);
      await deploy({ ...options, credentials: { identityFile: key } });
    }
  });

  it('takes a key from the ssh-agent', async () => {
    const socket = join(scratch.path, 'agent.sock');
    const sshAgent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    const before = process.env.SSH_AUTH_SOCK;
    const key = join(scratch.path, 'id_in_agent');
    try {
      await eventually(() => existsSync(socket), 'the ssh-agent listens');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
      execFileSync('sh', ['-c', `cat ${key}.pub >> ${server.home}/.ssh/authorized_keys`]);
      execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
      process.env.SSH_AUTH_SOCK = socket;
      const run = await deploy({ ...options, credentials: {} });
      expect(run.done.latenciesNs).toHaveLength(3);
    } finally {
      if (before === undefined) delete process.env.SSH_AUTH_SOCK;
      else process.env.SSH_AUTH_SOCK = before;
      sshAgent.kill();
    }
  });

  it('names a wrong password as such', async () => {
    const outcome = deploy({ ...options, credentials: { password: 'wrong' } });
    await expect(outcome).rejects.toMatchObject({ code: 'ssh.wrong-password' });
  });

  it('asks for the kind of host key that is on file first', async () => {
    const knownHosts = join(scratch.path, 'known_hosts_rsa');
    await writeFile(knownHosts, `${await server.hostKey('rsa')}\n`);
    const run = await deploy({ ...options, hostKeys: { userKnownHosts: knownHosts } });
    expect(run.hostKey).toMatchObject({ type: 'ssh-rsa', standing: 'known' });
  });

  it('reads hashed known_hosts files as ssh-keygen writes them', async () => {
    const knownHosts = join(scratch.path, 'known_hosts_hashed');
    await writeFile(knownHosts, `${await server.hostKey('ed25519')}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', knownHosts], { stdio: 'ignore' });
    expect((await deploy({ ...options, hostKeys: { userKnownHosts: knownHosts } })).hostKey.standing).toBe('known');
  });

  it('says so when the board falls silent, and ends the process there when it is cancelled', async () => {
    const controller = new AbortController();
    const events: DeployEvent[] = [];
    const packagePath = await fakePackage(scratch.path, 'silent');
    const outcome = deploy({
      ...options,
      packagePath,
      signal: controller.signal,
      onEvent: (event) => events.push(event),
    });
    outcome.catch(() => undefined);
    const silent = (event: DeployEvent) => event.kind === 'warning' && /said nothing for 1\d seconds/.test(event.text);
    await eventually(() => events.some(silent), 'the silence is noticed');
    controller.abort(new Error('stopped by the user'));
    await expect(outcome).rejects.toThrow('stopped by the user');
    await eventually(async () => (await processesNaming(server.home)).length === 0, 'all processes ended');
    expect(await leftBehind()).toEqual([]);
  });

  it('takes another folder where the home folder cannot be written to', async () => {
    execFileSync('chown', ['root:root', server.home]);
    try {
      const run = await deploy({ ...options, keep: true });
      expect(run.done.latenciesNs).toHaveLength(3);
      expect(run.kept).toEqual([]);
    } finally {
      execFileSync('chown', [server.user, server.home]);
    }
  });

  it('leaves nothing when the disk of the board is full', async () => {
    const cache = join(server.home, '.cache');
    await mkdir(cache);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k,mode=1777', 'cortado-test', cache]);
    try {
      const packagePath = await fakePackage(scratch.path, 'good', 2_000_000);
      // The check before the upload would stop it; the package claims to be smaller than it is.
      const outcome = deploy({ ...options, packagePath });
      await expect(outcome).rejects.toMatchObject({ code: 'board.disk-full' });
      expect(await readdir(cache)).toEqual([]);
    } finally {
      execFileSync('umount', [cache]);
      execFileSync('rmdir', [cache]);
    }
  });
});

describe.skipIf(!canStartOpenSsh())('deploy to an OpenSSH server without SFTP', () => {
  it('sends files through a command', async () => {
    const server = await startOpenSsh(['Subsystem none']);
    const scratch = await scratchFolder();
    try {
      const agent = await fakeAgent(scratch.path);
      const knownHosts = join(scratch.path, 'known_hosts');
      await writeFile(knownHosts, `${await server.hostKey('ed25519')}\n`);
      const options: DeployOptions = {
        board: { kind: 'ssh', user: server.user, host: '127.0.0.1', port: server.port },
        packagePath: await fakePackage(scratch.path, 'good', 3_000_000),
        needs: NEEDS,
        agentFor: () => Promise.resolve(agent),
        credentials: { password: server.password },
        hostKeys: { userKnownHosts: knownHosts },
        settings: { iterations: 3, warmup: 1 },
      };
      expect((await deploy(options)).package.bytes).toBe(3_000_005);
      const cache = join(server.home, '.cache');
      await mkdir(cache);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k,mode=1777', 'cortado-test', cache]);
      try {
        await expect(deploy(options)).rejects.toMatchObject({ code: 'board.disk-full' });
        expect(await readdir(cache)).toEqual([]);
      } finally {
        execFileSync('umount', [cache]);
      }
    } finally {
      await server.close();
      await scratch.remove();
    }
  });
});
