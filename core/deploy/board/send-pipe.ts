import { createReadStream } from 'node:fs';
import { BoundedText, quote, shellCommand } from '../ssh/command.ts';
import type { BoardConnection } from '../ssh/connection.ts';
import { exitText } from '../ssh/remote-command.ts';
import { whenStopped } from '../ssh/stopping.ts';
import type { SendJob } from './send-job.ts';

const CHUNK_BYTES = 32 * 1024;

/** Sends a file into `cat`, for servers without SFTP. Rejects with what the board's shell said. */
export async function sendByPipe(connection: BoardConnection, job: SendJob): Promise<void> {
  const command = await connection.exec(shellCommand(`umask 077; cat > ${quote(job.target)}`));
  const { channel, closed } = command;
  const said = new BoundedText(4096);
  let sent = 0;
  channel.resume();
  channel.stderr.on('data', (data: Buffer) => {
    said.add(data);
  });
  const stop = new AbortController();
  void closed.then(() => {
    stop.abort();
  });
  let unwatch: () => void = () => undefined;
  const cancelled = new Promise<void>((resolve) => {
    unwatch = whenStopped([job.signal, connection.lost], () => {
      stop.abort();
      channel.close();
      resolve();
    });
  });
  try {
    for await (const part of createReadStream(job.source, { highWaterMark: CHUNK_BYTES })) {
      if (stop.signal.aborted) break;
      if (!channel.write(part)) await drained(channel, stop.signal);
      sent += (part as Buffer).length;
      job.onSent(sent);
    }
    if (!stop.signal.aborted) channel.end();
    await Promise.race([closed, cancelled]);
  } finally {
    unwatch();
  }
  job.signal?.throwIfAborted();
  connection.lost.throwIfAborted();
  if (command.exit.code !== 0) throw new Error(said.text().trim() || `cat ended with ${exitText(command.exit)}`);
}

/** Resolves when the channel takes more, or when it is stopped. */
function drained(channel: NodeJS.EventEmitter, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      channel.removeListener('drain', done);
      stop.removeEventListener('abort', done);
      resolve();
    };
    channel.on('drain', done);
    stop.addEventListener('abort', done, { once: true });
    if (stop.aborted) done();
  });
}
