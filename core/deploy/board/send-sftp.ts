import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { SFTPWrapper } from 'ssh2';
import type { BoardConnection } from '../ssh/connection.ts';
import { asError, whenStopped } from '../ssh/stopping.ts';
import type { SendJob } from './send-job.ts';

/** Every server takes packets of 34 000 bytes (draft-ietf-secsh-filexfer-02, 3). */
const CHUNK_BYTES = 32 * 1024;
/** Writes under way at once: hides the network's delay without filling the board's memory. */
const WRITES_UNDER_WAY = 16;

/** Sends a file by SFTP, made anew with mode 0600, flushed to the storage where the server can. Rejects with the server's status. */
export async function sendBySftp(connection: BoardConnection, sftp: SFTPWrapper, job: SendJob): Promise<void> {
  const call = <Result>(start: (done: (error: Error | null | undefined, result: Result) => void) => void) =>
    sftpCall(connection, job.signal, start);
  const source = await open(job.source, 'r');
  try {
    const handle = await call<Buffer>((done) => {
      sftp.open(job.target, 'w', { mode: 0o600 }, done);
    });
    try {
      await sendAll(source, job, (data, position) =>
        call<unknown>((done) => {
          sftp.write(handle, data, 0, data.length, position, (error) => {
            done(error, undefined);
          });
        }),
      );
      await flush(sftp, handle, call);
    } finally {
      if (!connection.lost.aborted && job.signal?.aborted !== true) {
        await call<unknown>((done) => {
          sftp.close(handle, (error) => {
            done(error, undefined);
          });
        });
      }
    }
  } finally {
    await source.close();
  }
}

async function sendAll(
  source: FileHandle,
  job: SendJob,
  write: (data: Buffer, position: number) => Promise<unknown>,
): Promise<void> {
  let position = 0;
  let sent = 0;
  const worker = async () => {
    for (;;) {
      const at = position;
      position += CHUNK_BYTES;
      const { bytesRead, buffer } = await source.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
      if (bytesRead === 0) return;
      await write(buffer.subarray(0, bytesRead), at);
      sent += bytesRead;
      job.onSent(sent);
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: WRITES_UNDER_WAY }, worker));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** fsync@openssh.com, so that the rename never comes before the bytes when the board loses power; not every server has it. */
async function flush(
  sftp: SFTPWrapper,
  handle: Buffer,
  call: (start: (done: (error: Error | null | undefined, result: unknown) => void) => void) => Promise<unknown>,
): Promise<void> {
  try {
    await call((done) => {
      sftp.ext_openssh_fsync(handle, (error) => {
        done(error, undefined);
      });
    });
  } catch (error) {
    if (!/does not support this extended request|unsupported/i.test(String(error))) throw error;
  }
}

/** One SFTP request as a promise that also ends with the connection or the signal. */
function sftpCall<Result>(
  connection: BoardConnection,
  signal: AbortSignal | undefined,
  start: (done: (error: Error | null | undefined, result: Result) => void) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const finished = whenStopped([connection.lost, signal], reject);
    if (connection.lost.aborted || signal?.aborted === true) return;
    try {
      start((error, result) => {
        finished();
        if (error instanceof Error) reject(error);
        else resolve(result);
      });
    } catch (error) {
      finished();
      reject(asError(error));
    }
  });
}
