import { execFileSync, spawn } from 'node:child_process';
import { accessSync, existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './support.ts';

const SSHD = '/usr/sbin/sshd';

/** A user of its own can only be made by root; elsewhere these tests are skipped. */
export function canStartOpenSsh(): boolean {
  try {
    accessSync(SSHD);
    return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/sbin/useradd');
  } catch {
    return false;
  }
}

export interface OpenSshServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly home: string;
  readonly folder: string;
  /** Key file with a passphrase, authorised for the user. */
  readonly key: string;
  readonly passphrase: string;
  /** Public host keys in known_hosts form, by kind: `ed25519`, `rsa`. */
  hostKey(kind: 'ed25519' | 'rsa'): Promise<string>;
  close(): Promise<void>;
}

/** Debian's sshd on a loopback port of its own, with its own host keys and a user that lives as long as the test. */
export async function startOpenSsh(settings: readonly string[] = []): Promise<OpenSshServer> {
  const folder = await mkdtemp(join(tmpdir(), 'cortado-sshd-'));
  await chmod(folder, 0o755);
  const home = join(folder, 'home');
  const user = `cortado${process.pid % 100000}`;
  const password = 'a Board password';
  const passphrase = 'a key passphrase';
  run('useradd', '--create-home', '--home-dir', home, '--shell', '/bin/bash', user);
  execFileSync('chpasswd', { input: `${user}:${password}\n` });
  for (const kind of ['ed25519', 'rsa'])
    run('ssh-keygen', '-q', '-t', kind, '-N', '', '-f', join(folder, `host_${kind}`));
  const key = join(folder, 'id_user');
  run('ssh-keygen', '-q', '-t', 'ed25519', '-N', passphrase, '-f', key);
  const uid = Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }));
  await mkdir(join(home, '.ssh'), { mode: 0o700 });
  await writeFile(join(home, '.ssh', 'authorized_keys'), await readFile(`${key}.pub`), { mode: 0o600 });
  // What many boards do: a greeting from .bashrc, in front of every command's output.
  await writeFile(join(home, '.bashrc'), 'echo "Welcome to this board"\n');
  for (const path of ['.ssh', '.ssh/authorized_keys', '.bashrc']) await chown(join(home, path), uid, uid);
  const port = await freePort();
  const config = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${join(folder, 'host_ed25519')}`,
    `HostKey ${join(folder, 'host_rsa')}`,
    `PidFile ${join(folder, 'pid')}`,
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication yes',
    ...(settings.some((line) => line.startsWith('Subsystem')) ? [] : ['Subsystem sftp internal-sftp']),
    ...settings.filter((line) => line !== 'Subsystem none'),
  ];
  await writeFile(join(folder, 'config'), `${config.join('\n')}\n`);
  await mkdir('/run/sshd', { recursive: true });
  const server = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'config')], { stdio: 'ignore' });
  const ended = new Promise((resolve) => server.on('close', resolve));
  await eventually(() => answers(port), 'sshd listens');
  return {
    port,
    user,
    password,
    home,
    folder,
    key,
    passphrase,
    hostKey: async (kind) => {
      const [type, encoded] = (await readFile(join(folder, `host_${kind}.pub`), 'utf8')).split(' ');
      return `[127.0.0.1]:${port} ${type} ${encoded}`;
    },
    close: async () => {
      server.kill();
      await ended;
      // What a failed test left running, so that the user can go.
      for (const id of processesOf(user).split('\n').filter(Boolean)) process.kill(Number(id), 'SIGKILL');
      await eventually(() => processesOf(user) === '', 'the user has no processes left');
      run('userdel', user);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function processesOf(user: string): string {
  try {
    return execFileSync('pgrep', ['-u', user], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

function run(command: string, ...words: readonly string[]): void {
  execFileSync(command, words, { stdio: 'ignore' });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
