import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CortadoError, errorText } from '../../common/errors.ts';
import { ProgressMeter } from '../../common/progress.ts';
import type { LongCall } from '../../common/progress.ts';
import { quote, runScript } from '../ssh/command.ts';
import type { BoardConnection } from '../ssh/connection.ts';
import { remoteSha256 } from './remote-hash.ts';
import { sendByPipe } from './send-pipe.ts';
import { sendBySftp } from './send-sftp.ts';
import type { SendJob } from './send-job.ts';

export interface UploadRequest extends LongCall {
  readonly source: LocalFile;
  /** On the board, absolute. */
  readonly target: string;
  /** A folder on the board, on the same file system as `target`, for the unfinished file. */
  readonly temporaryFolder: string;
  /** Permission bits: 0o700 for programs, 0o600 for files. */
  readonly mode: number;
  /** What is sent, for progress: `package`. */
  readonly what: string;
}

/** A file on this computer, described before it is sent. */
export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * Puts a file on the board, whole or not at all: to a temporary name, compared by SHA-256 there, then renamed. Where the server
 * has no SFTP the bytes go through a command. Returns the way that they went. Throws `board.disk-full`,
 * `board.upload-damaged`, `board.upload-failed`, `ssh.connection-lost`.
 */
export async function upload(connection: BoardConnection, request: UploadRequest): Promise<'sftp' | 'pipe'> {
  const { source, signal } = request;
  const { sha256, bytes } = source;
  const temporary = `${request.temporaryFolder}/upload-${sha256.slice(0, 16)}.part`;
  const meter = new ProgressMeter(`sending the ${request.what}`, bytes, 'bytes', request.onProgress);
  const job: SendJob = {
    source: source.path,
    target: temporary,
    signal,
    onSent: (sent) => {
      meter.report(sent);
    },
  };
  meter.report(0);
  try {
    const how = await send(connection, job);
    await finish(connection, request, temporary, sha256);
    return how;
  } catch (error) {
    if (!connection.lost.aborted) await runScript(connection, `rm -f ${quote(temporary)}`).catch(() => undefined);
    if (signal?.aborted === true || error instanceof CortadoError) throw error;
    throw await explain(connection, error, request, bytes);
  }
}

async function send(connection: BoardConnection, job: SendJob): Promise<'sftp' | 'pipe'> {
  let sftp;
  try {
    sftp = await connection.sftp();
  } catch (error) {
    if (!(error instanceof CortadoError) || error.code !== 'ssh.no-sftp') throw error;
    await sendByPipe(connection, job);
    return 'pipe';
  }
  await sendBySftp(connection, sftp, job);
  return 'sftp';
}

async function finish(
  connection: BoardConnection,
  request: UploadRequest,
  temporary: string,
  sha256: string,
): Promise<void> {
  const { target, mode, signal } = request;
  const arrived = await remoteSha256(connection, temporary, signal);
  if (arrived !== sha256) {
    throw new CortadoError(
      'board.upload-damaged',
      `The ${request.what} did not arrive whole on the board.`,
      'Start again; if it happens twice, look at the network and the storage of the board.',
    );
  }
  // mv within one file system is rename(2): the final name shows the old file or the new one, nothing between.
  const script = `chmod ${mode.toString(8)} ${quote(temporary)} && mv -f ${quote(temporary)} ${quote(target)}`;
  const { code, stderr } = await runScript(connection, script, { signal });
  if (code !== 0) throw new Error(stderr.trim() || `mv ended with code ${code ?? 'none'}`);
}

/** SFTP says "Failure" for a full disk and for much else: the board's free space tells which. */
async function explain(
  connection: BoardConnection,
  cause: unknown,
  request: UploadRequest,
  bytes: number,
): Promise<CortadoError> {
  const text = errorText(cause);
  const free = await freeBytes(connection, request.temporaryFolder);
  if (/no space|disk full|quota|ENOSPC|EDQUOT/i.test(text) || (free !== null && free < bytes)) {
    return new CortadoError(
      'board.disk-full',
      `The board's storage is full: the ${request.what} needs ${bytes} bytes${free === null ? '' : `, ${free} are free`}.`,
      'Remove something on the board and start again; nothing was left there.',
      { cause },
    );
  }
  return new CortadoError(
    'board.upload-failed',
    `The ${request.what} could not be written on the board: ${text}.`,
    'See that the user may write there and that the storage works, then start again; nothing was left there.',
    { cause },
  );
}

async function freeBytes(connection: BoardConnection, folder: string): Promise<number | null> {
  const result = await runScript(connection, `df -Pk ${quote(folder)}`).catch(() => undefined);
  const free = /^\S+\s+\d+\s+\d+\s+(\d+)\s+\d+%/m.exec(result?.stdout ?? '')?.[1];
  return free === undefined ? null : Number(free) * 1024;
}

/** Size and SHA-256 of a file here. Throws `file.read`. */
export async function describeFile(path: string): Promise<LocalFile> {
  try {
    const hash = createHash('sha256');
    for await (const part of createReadStream(path)) hash.update(part as Buffer);
    return { path, bytes: (await stat(path)).size, sha256: hash.digest('hex') };
  } catch (cause) {
    throw new CortadoError('file.read', `The file cannot be read: ${errorText(cause)}.`, 'Check the path.', {
      location: { file: path },
      cause,
    });
  }
}
