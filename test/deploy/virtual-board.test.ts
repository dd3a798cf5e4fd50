import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, connect as connectSocket } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CortadoError } from '../../core/common/errors.ts';
import type { SshAddress } from '../../core/deploy/address.ts';
import { deploy } from '../../core/deploy/deploy.ts';
import type { DeployEvent } from '../../core/deploy/stages.ts';
import { startVirtualBoard } from '../../core/deploy/virtual/virtual-board.ts';
import type { VirtualBoard } from '../../core/deploy/virtual/virtual-board.ts';
import { deployOptions, eventually, fakePackage, processesNaming, scratchFolder, stageStates } from './support.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let board: VirtualBoard;

beforeEach(async () => {
  scratch = await scratchFolder();
  board = await startVirtualBoard({ architecture: 'x86_64' });
});

afterEach(async () => {
  await board.close();
  await scratch.remove();
});

/** What the board holds beside what it was born with. */
async function leftBehind(): Promise<string[]> {
  // A folder may go while it is read: the board is cleaning up, so look again.
  const all = await readdir(board.home, { recursive: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ['(changing)'];
    throw error;
  });
  return all.filter((name) => name !== 'tmp' && name !== '.cortado-board.json').sort();
}

describe('deploy to the virtual board', () => {
  it('runs a package, tells of every stage and leaves nothing behind', async () => {
    const events: DeployEvent[] = [];
    const options = await deployOptions(board, scratch.path, 'good');
    const run = await deploy({
      ...options,
      onEvent: (event) => events.push(event),
      outputFolder: join(scratch.path, 'out'),
    });
    expect(run.done.latenciesNs).toEqual([1000000, 1100000, 1200000]);
    expect(run.conditions.map((each) => each.phase)).toEqual(['before', 'during', 'after']);
    expect(run.layers?.layers[0].layer).toBe('conv1');
    expect(run.outputs[0].top[0]).toEqual({ index: 7, value: 0.9, label: 'seven' });
    expect(run.nature).toEqual({
      accelerator: null,
      architecture: 'x86_64',
      runner: [],
      virtual: true,
      emulated: false,
    });
    expect(run.kept).toEqual([]);
    expect(await readFile(join(scratch.path, 'out', 'output.npy'), 'utf8')).toBe('npy bytes');
    const states = stageStates(events);
    expect([...states.keys()]).toEqual(['connect', 'probe', 'check', 'upload', 'verify', 'run', 'collect', 'clean up']);
    expect(states.get('check')).toBe('warning');
    expect([...states.values()].filter((state) => state !== 'done')).toEqual(['warning']);
    expect(events.some((event) => event.kind === 'progress')).toBe(true);
    expect(await leftBehind()).toEqual([]);
  });

  it('bears a board that prints other things among the events', async () => {
    const events: DeployEvent[] = [];
    const options = await deployOptions(board, scratch.path, 'chatty');
    const run = await deploy({ ...options, onEvent: (event) => events.push(event) });
    expect(run.done.latenciesNs).toHaveLength(3);
    const log = events.flatMap((event) => (event.kind === 'log' ? [event.text] : [])).join('\n');
    expect(log).toContain('Welcome to the board');
    expect(log).toContain('from-the-future');
    expect(log).toContain('note');
  });

  it('leaves agent and package where it is asked to, and sends neither again', async () => {
    const options = { ...(await deployOptions(board, scratch.path, 'good')), keep: true };
    const first = await deploy(options);
    expect(first.kept).toHaveLength(2);
    expect((await leftBehind()).filter((name) => name.includes('run-'))).toEqual([]);
    const events: DeployEvent[] = [];
    const second = await deploy({ ...options, keep: false, onEvent: (event) => events.push(event) });
    expect(second.kept).toEqual(first.kept);
    expect(events.filter((event) => event.kind === 'progress')).toEqual([]);
  });

  it('lets two runs work on one board at a time', async () => {
    const options = await deployOptions(board, scratch.path, 'good');
    const runs = await Promise.all([deploy(options), deploy(options), deploy({ ...options, keep: true })]);
    for (const run of runs) expect(run.done.latenciesNs).toHaveLength(3);
    expect((await leftBehind()).filter((name) => name.includes('run-'))).toEqual([]);
  });

  it('puts nothing under the final name that arrived damaged', async () => {
    const options = { ...(await deployOptions(board, scratch.path, 'good')), keep: true };
    const tools = join(scratch.path, 'tools');
    await mkdir(tools);
    await writeFile(join(tools, 'sha256sum'), `#!/bin/sh\necho ${'0'.repeat(64)}  -\n`, { mode: 0o755 });
    const before = process.env.PATH;
    process.env.PATH = `${tools}:${before ?? ''}`;
    const liar = await startVirtualBoard({ architecture: 'x86_64' }).finally(() => {
      process.env.PATH = before;
    });
    try {
      const { address, hostKey, password } = liar;
      const hostKeys = { acceptHostKey: hostKey, userKnownHosts: null };
      const outcome = deploy({ ...options, board: address, credentials: { password }, hostKeys });
      await expect(outcome).rejects.toMatchObject({ code: 'board.upload-damaged' });
      expect(await readdir(liar.home)).toEqual(['.cortado-board.json', 'tmp']);
    } finally {
      await liar.close();
    }
  });

  it("reports the agent's refusal under its own code", async () => {
    const options = await deployOptions(board, scratch.path, 'damaged');
    await expect(deploy(options)).rejects.toMatchObject({ code: 'package.damaged', advice: 'Build it again.' });
    expect(await leftBehind()).toEqual([]);
  });

  it('says that a killed agent most likely ran out of memory', async () => {
    const options = await deployOptions(board, scratch.path, 'crash');
    await expect(deploy(options)).rejects.toMatchObject({ code: 'board.agent-killed' });
    expect(await leftBehind()).toEqual([]);
  });

  it('ends the process on the board when it is cancelled', async () => {
    const controller = new AbortController();
    const events: DeployEvent[] = [];
    const options = await deployOptions(board, scratch.path, 'slow');
    const outcome = deploy({ ...options, signal: controller.signal, onEvent: (event) => events.push(event) });
    outcome.catch(() => undefined);
    await eventually(() => events.some((event) => event.kind === 'agent' && event.event.event === 'alive'), 'alive');
    expect(await processesNaming(board.home)).not.toEqual([]);
    controller.abort(new Error('stopped by the user'));
    await expect(outcome).rejects.toThrow('stopped by the user');
    await eventually(async () => (await processesNaming(board.home)).length === 0, 'all processes ended');
    expect(await leftBehind()).toEqual([]);
    expect(stageStates(events).get('run')).toBe('failed');
  });

  it('refuses a package that needs more than the board has before it is sent', async () => {
    const options = await deployOptions(board, scratch.path, 'good');
    const needs = { ...options.needs, memoryBytes: 1e9 };
    await expect(deploy({ ...options, needs })).rejects.toMatchObject({ code: 'package.memory' });
    const features = { ...options.needs, cpuFeatures: ['asimddp'] };
    await expect(deploy({ ...options, needs: features })).rejects.toMatchObject({ code: 'package.cpu' });
    expect(await leftBehind()).toEqual([]);
  });

  it('needs no SFTP', async () => {
    const bare = await startVirtualBoard({ architecture: 'x86_64', fileTransfer: false });
    try {
      const options = await deployOptions(bare, scratch.path, 'good');
      const packagePath = await fakePackage(scratch.path, 'good', 5_000_000);
      const run = await deploy({ ...options, packagePath });
      expect(run.package.bytes).toBe(5_000_005);
    } finally {
      await bare.close();
    }
  });

  it('names a wrong password as such', async () => {
    const options = { ...(await deployOptions(board, scratch.path, 'good')), credentials: { password: 'wrong' } };
    await expect(deploy(options)).rejects.toMatchObject({ code: 'ssh.wrong-password' });
  });

  it('asks for the password again after a wrong one, three times at most', async () => {
    const options = await deployOptions(board, scratch.path, 'good');
    const answers = ['wrong', board.password];
    const attempts: number[] = [];
    const askSecret = ({ attempt }: { attempt: number }) => {
      attempts.push(attempt);
      return Promise.resolve(answers[attempt - 1] ?? 'wrong');
    };
    await deploy({ ...options, credentials: { askSecret, usualKeys: false } });
    expect(attempts).toEqual([1, 2]);
    answers.pop();
    const outcome = deploy({ ...options, credentials: { askSecret, usualKeys: false } });
    await expect(outcome).rejects.toMatchObject({ code: 'ssh.wrong-password' });
    expect(attempts).toEqual([1, 2, 1, 2, 3]);
  });

  it('says so when nothing was given to log in with', async () => {
    const options = { ...(await deployOptions(board, scratch.path, 'good')), credentials: { usualKeys: false } };
    await expect(deploy(options)).rejects.toMatchObject({ code: 'ssh.no-credentials' });
  });
});

describe('host keys', () => {
  it('asks about an unknown key once and remembers the answer', async () => {
    const options = await deployOptions(board, scratch.path, 'good');
    const projectKnownHosts = join(scratch.path, 'project', 'known_hosts');
    const questions: string[] = [];
    const hostKeys = {
      projectKnownHosts,
      userKnownHosts: null,
      askHostKey: (question: { text: string }) => {
        questions.push(question.text);
        return Promise.resolve(true);
      },
    };
    expect((await deploy({ ...options, hostKeys })).hostKey.standing).toBe('accepted');
    expect((await deploy({ ...options, hostKeys })).hostKey.standing).toBe('known');
    expect(questions).toHaveLength(1);
    expect(questions[0]).toContain(board.hostKey);
    expect(await readFile(projectKnownHosts, 'utf8')).toMatch(/^\[127\.0\.0\.1\]:\d+ ssh-ed25519 \S+\n$/);
  });

  it('refuses an unknown key when nobody can be asked, or says no', async () => {
    const options = await deployOptions(board, scratch.path, 'good');
    const hostKeys = { userKnownHosts: null, projectKnownHosts: join(scratch.path, 'known_hosts') };
    await expect(deploy({ ...options, hostKeys })).rejects.toMatchObject({ code: 'ssh.host-key-unknown' });
    const outcome = deploy({ ...options, hostKeys: { ...hostKeys, askHostKey: () => Promise.resolve(false) } });
    await expect(outcome).rejects.toMatchObject({ code: 'ssh.host-key-refused' });
    const other = deploy({ ...options, hostKeys: { ...hostKeys, acceptHostKey: 'SHA256:other' } });
    await expect(other).rejects.toMatchObject({ code: 'ssh.host-key-mismatch' });
    await expect(readFile(hostKeys.projectKnownHosts)).rejects.toThrow('ENOENT');
  });

  it('refuses a changed key whatever else was said, and names file and line', async () => {
    const options = await deployOptions(board, scratch.path, 'good');
    const other = await startVirtualBoard({ architecture: 'x86_64' });
    const file = join(scratch.path, 'known_hosts');
    const hostKeys = { projectKnownHosts: file, userKnownHosts: null };
    try {
      await deploy({
        ...(await deployOptions(other, scratch.path, 'good')),
        hostKeys: { ...hostKeys, acceptHostKey: other.hostKey },
      });
    } finally {
      await other.close();
    }
    const line = (await readFile(file, 'utf8')).replace(/:\d+ /, `:${board.address.port} `);
    await writeFile(file, `# known boards\n${line}`);
    const outcome = deploy({ ...options, hostKeys: { ...hostKeys, acceptHostKey: board.hostKey } });
    await expect(outcome).rejects.toMatchObject({ code: 'ssh.host-key-changed', location: { file, line: 2 } });
    expect(await readFile(file, 'utf8')).toBe(`# known boards\n${line}`);
  });
});

describe('trouble with the connection', () => {
  it('names what is wrong with an address', async () => {
    const options = await deployOptions(board, scratch.path, 'good');
    const at = (host: string, port: number): SshAddress => ({ kind: 'ssh', user: 'board', host, port });
    const free = await freePort();
    await expect(deploy({ ...options, board: at('127.0.0.1', free) })).rejects.toMatchObject({ code: 'ssh.refused' });
    const nowhere = deploy({ ...options, board: at('no-such-board.invalid', 22) });
    await expect(nowhere).rejects.toMatchObject({ code: 'ssh.host-not-found' });
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const { port } = web.address() as AddressInfo;
    const outcome = await deploy({ ...options, board: at('127.0.0.1', port) }).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(CortadoError);
    expect((outcome as CortadoError).code).toMatch(/^ssh\.(not-ssh|closed-early)$/);
    web.close();
  });

  it('leaves nothing on the board when the cable is pulled during the upload', async () => {
    const cut = await startCuttableProxy(board.address.port);
    const options = await deployOptions(board, scratch.path, 'good');
    const packagePath = await fakePackage(scratch.path, 'good', 8_000_000);
    try {
      const outcome = deploy({
        ...options,
        board: { ...board.address, port: cut.port },
        packagePath,
        onEvent: (event) => {
          if (event.kind === 'progress' && event.progress.stage.includes('package') && event.progress.done > 1e6)
            cut.now();
        },
      });
      await expect(outcome).rejects.toMatchObject({ code: 'ssh.connection-lost' });
      await eventually(async () => (await leftBehind()).length === 0, 'the board cleans up by itself');
    } finally {
      cut.close();
    }
  });

  it('ends the agent on the board when the cable is pulled during the run', async () => {
    const cut = await startCuttableProxy(board.address.port);
    const options = await deployOptions(board, scratch.path, 'slow');
    try {
      const outcome = deploy({
        ...options,
        board: { ...board.address, port: cut.port },
        onEvent: (event) => {
          if (event.kind === 'agent' && event.event.event === 'alive') cut.now();
        },
      });
      await expect(outcome).rejects.toMatchObject({ code: 'ssh.connection-lost' });
      await eventually(async () => (await processesNaming(board.home)).length === 0, 'all processes ended');
      await eventually(async () => (await leftBehind()).length === 0, 'the board cleans up by itself');
    } finally {
      cut.close();
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Forwards to a port until `now` destroys every connection, as a pulled cable does. */
async function startCuttableProxy(target: number) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connectSocket(target, '127.0.0.1');
    for (const each of [socket, onward]) {
      sockets.add(each);
      each.on('error', () => undefined);
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const now = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return { port: (server.address() as AddressInfo).port, now, close: () => server.close() };
}
