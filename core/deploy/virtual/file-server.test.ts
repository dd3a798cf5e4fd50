import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SFTPWrapper } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BoardConnection } from '../ssh/connection.ts';
import { startVirtualBoard } from './virtual-board.ts';
import type { VirtualBoard } from './virtual-board.ts';

let board: VirtualBoard;
let outside: string;
let connection: BoardConnection;
let sftp: SFTPWrapper;

beforeAll(async () => {
  board = await startVirtualBoard({ architecture: 'x86_64' });
  outside = await mkdtemp(join(tmpdir(), 'cortado-outside-'));
  await writeFile(join(outside, 'secret'), 'secret');
  await symlink(outside, join(board.home, 'way-out'));
  await symlink(join(outside, 'secret'), join(board.home, 'link'));
  connection = await BoardConnection.open({
    address: board.address,
    credentials: { password: board.password },
    hostKeys: { acceptHostKey: board.hostKey, userKnownHosts: null },
  });
  sftp = await connection.sftp();
});

afterAll(async () => {
  await connection.close();
  await board.close();
  await rm(outside, { recursive: true });
});

function call<Result>(
  start: (done: (error: Error | null | undefined, result: Result) => void) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error instanceof Error) reject(error);
      else resolve(result);
    });
  });
}

describe('file transfer of the virtual board', () => {
  it('writes, reads, lists, renames and removes', async () => {
    await call((done) => {
      sftp.mkdir('folder', (error) => {
        done(error, undefined);
      });
    });
    await call((done) => {
      sftp.writeFile('folder/a', 'content', (error) => {
        done(error, undefined);
      });
    });
    expect(await readFile(join(board.home, 'folder', 'a'), 'utf8')).toBe('content');
    await call((done) => {
      sftp.chmod('folder/a', 0o640, (error) => {
        done(error, undefined);
      });
    });
    const stats = await call<{ size: number; mode: number }>((done) => {
      sftp.stat('folder/a', done);
    });
    expect(stats.size).toBe(7);
    expect(stats.mode & 0o777).toBe(0o640);
    await call((done) => {
      sftp.rename('folder/a', 'folder/b', (error) => {
        done(error, undefined);
      });
    });
    const names = await call<{ filename: string }[]>((done) => {
      sftp.readdir('folder', done);
    });
    expect(names.map((name) => name.filename)).toEqual(['b']);
    const content = await call<Buffer>((done) => {
      sftp.readFile('folder/b', done);
    });
    expect(content.toString()).toBe('content');
    await call((done) => {
      sftp.unlink('folder/b', (error) => {
        done(error, undefined);
      });
    });
    await call((done) => {
      sftp.rmdir('folder', (error) => {
        done(error, undefined);
      });
    });
    await expect(
      call((done) => {
        sftp.stat('folder', done);
      }),
    ).rejects.toThrow(/no such file/i);
  });

  it.each(['../x', '/etc/passwd', 'way-out/secret', 'link', 'way-out'])('stays inside: %s', async (path) => {
    await expect(
      call((done) => {
        sftp.readFile(path, done);
      }),
    ).rejects.toThrow();
    const write = call((done) => {
      sftp.writeFile(path, 'overwritten', (error) => {
        done(error, undefined);
      });
    });
    await expect(write).rejects.toThrow();
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
  });
});
