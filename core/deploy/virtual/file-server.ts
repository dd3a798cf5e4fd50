import { constants } from 'node:fs';
import type { Dir, Stats } from 'node:fs';
import { chmod, lstat, mkdir, open, opendir, rename, rm, rmdir, stat, truncate } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { Attributes, SFTPWrapper } from 'ssh2';
import type { ConfinedFolder } from './confined-folder.ts';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;
const NAMES_PER_ANSWER = 64;

/** Serves SFTP version 3 (draft-ietf-secsh-filexfer-02) over one folder. */
export class FileServer {
  private readonly files = new Map<number, FileHandle>();
  private readonly folders = new Map<number, Dir>();
  private lastHandle = 0;

  constructor(
    private readonly sftp: SFTPWrapper,
    private readonly folder: ConfinedFolder,
  ) {
    this.answerFileRequests();
    this.answerPathRequests();
    this.answerFolderRequests();
    sftp.on('error', () => undefined);
    sftp.on('close', () => void this.closeAll());
    sftp.on('end', () => void this.closeAll());
  }

  private answerFileRequests(): void {
    const { sftp } = this;
    sftp.on('OPEN', (id, name, flags, attributes) => {
      this.answer(id, async () => {
        const file = await open(
          await this.folder.target(name),
          openFlags(flags),
          (attributes as Partial<Attributes>).mode ?? 0o600,
        );
        sftp.handle(id, this.handleFor(this.files, file));
      });
    });
    sftp.on('READ', (id, handle, offset, length) => {
      this.answer(id, async () => {
        const buffer = Buffer.alloc(Math.min(length, 1 << 18));
        const { bytesRead } = await this.file(handle).read(buffer, 0, buffer.length, offset);
        if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF);
        else sftp.data(id, buffer.subarray(0, bytesRead));
      });
    });
    sftp.on('WRITE', (id, handle, offset, data) => {
      // The bytes are a view into a buffer that ssh2 uses again.
      const copy = Buffer.from(data);
      this.perform(id, async () => {
        for (let done = 0; done < copy.length;) {
          done += (await this.file(handle).write(copy, done, copy.length - done, offset + done)).bytesWritten;
        }
      });
    });
    sftp.on('FSTAT', (id, handle) => {
      this.answer(id, async () => {
        sftp.attrs(id, attributesOf(await this.file(handle).stat()));
      });
    });
    sftp.on('FSETSTAT', (id, handle, attributes) => {
      this.perform(id, async () => {
        const { mode, size } = attributes as Partial<Attributes>;
        if (mode !== undefined) await this.file(handle).chmod(mode & 0o7777);
        if (size !== undefined) await this.file(handle).truncate(size);
      });
    });
    sftp.on('CLOSE', (id, handle) => {
      this.perform(id, async () => {
        const number = handleNumber(handle);
        const opened = this.files.get(number) ?? this.folders.get(number);
        if (opened === undefined) throw new Error('no such handle');
        this.files.delete(number);
        this.folders.delete(number);
        await opened.close();
      });
    });
  }

  private answerPathRequests(): void {
    const { sftp } = this;
    sftp.on('STAT', (id, path) => {
      this.answer(id, async () => {
        sftp.attrs(id, attributesOf(await stat(await this.folder.target(path))));
      });
    });
    sftp.on('LSTAT', (id, path) => {
      this.answer(id, async () => {
        sftp.attrs(id, attributesOf(await lstat(await this.folder.path(path))));
      });
    });
    sftp.on('SETSTAT', (id, path, attributes) => {
      this.perform(id, async () => {
        const { mode, size } = attributes as Partial<Attributes>;
        const target = await this.folder.target(path);
        if (mode !== undefined) await chmod(target, mode & 0o7777);
        if (size !== undefined) await truncate(target, size);
      });
    });
    sftp.on('REALPATH', (id, path) => {
      this.answer(id, async () => {
        const filename = await this.folder.path(path);
        sftp.name(id, [{ filename, longname: filename, attrs: {} as Attributes }]);
      });
    });
    sftp.on('REMOVE', (id, path) => {
      this.perform(id, async () => {
        await rm(await this.folder.path(path));
      });
    });
    sftp.on('RENAME', (id, from, to) => {
      this.perform(id, async () => {
        const target = await this.folder.path(to);
        // Version 3 refuses to replace; servers that can, offer posix-rename@openssh.com for it.
        if (await exists(target)) throw new Error('the new name is taken');
        await rename(await this.folder.path(from), target);
      });
    });
  }

  private answerFolderRequests(): void {
    const { sftp } = this;
    sftp.on('MKDIR', (id, path, attributes) => {
      this.perform(id, async () => {
        const { mode } = attributes as Partial<Attributes>;
        await mkdir(await this.folder.path(path), { mode: (mode ?? 0o700) & 0o7777 });
      });
    });
    sftp.on('RMDIR', (id, path) => {
      this.perform(id, async () => {
        await rmdir(await this.folder.path(path));
      });
    });
    sftp.on('OPENDIR', (id, path) => {
      this.answer(id, async () => {
        const opened = await opendir(await this.folder.target(path));
        sftp.handle(id, this.handleFor(this.folders, opened));
      });
    });
    sftp.on('READDIR', (id, handle) => {
      this.answer(id, async () => {
        const opened = this.folders.get(handleNumber(handle));
        if (opened === undefined) throw new Error('no such handle');
        const names = [];
        for (let entry = await opened.read(); entry !== null; entry = await opened.read()) {
          const attrs = attributesOf(await lstat(`${opened.path}/${entry.name}`));
          names.push({ filename: entry.name, longname: entry.name, attrs });
          if (names.length === NAMES_PER_ANSWER) break;
        }
        if (names.length === 0) sftp.status(id, STATUS_CODE.EOF);
        else sftp.name(id, names);
      });
    });
  }

  /** Does the work, which answers by itself; a failure is answered with its status. */
  private answer(id: number, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      const { code, message } = error as NodeJS.ErrnoException;
      this.sftp.status(id, statusOf(code), message);
    });
  }

  /** As `answer`, with "OK" at the end. */
  private perform(id: number, work: () => Promise<void>): void {
    this.answer(id, async () => {
      await work();
      this.sftp.status(id, STATUS_CODE.OK);
    });
  }

  private handleFor<Opened>(table: Map<number, Opened>, opened: Opened): Buffer {
    table.set(++this.lastHandle, opened);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(this.lastHandle);
    return handle;
  }

  private file(handle: Buffer): FileHandle {
    const file = this.files.get(handleNumber(handle));
    if (file === undefined) throw new Error('no such handle');
    return file;
  }

  private async closeAll(): Promise<void> {
    const opened = [...this.files.values(), ...this.folders.values()];
    this.files.clear();
    this.folders.clear();
    await Promise.allSettled(opened.map((each) => each.close()));
  }
}

function handleNumber(handle: Buffer): number {
  return handle.length === 4 ? handle.readUInt32BE() : -1;
}

function openFlags(flags: number): number {
  const has = (mode: number) => (flags & mode) !== 0;
  const access = has(OPEN_MODE.WRITE)
    ? has(OPEN_MODE.READ)
      ? constants.O_RDWR
      : constants.O_WRONLY
    : constants.O_RDONLY;
  return (
    access |
    (has(OPEN_MODE.APPEND) ? constants.O_APPEND : 0) |
    (has(OPEN_MODE.CREAT) ? constants.O_CREAT : 0) |
    (has(OPEN_MODE.TRUNC) ? constants.O_TRUNC : 0) |
    (has(OPEN_MODE.EXCL) ? constants.O_EXCL : 0)
  );
}

function attributesOf(stats: Stats): Attributes {
  const { mode, uid, gid, size } = stats;
  return { mode, uid, gid, size, atime: Math.trunc(stats.atimeMs / 1000), mtime: Math.trunc(stats.mtimeMs / 1000) };
}

function statusOf(code: string | undefined): number {
  if (code === 'ENOENT') return STATUS_CODE.NO_SUCH_FILE;
  return code === 'EACCES' || code === 'EPERM' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
