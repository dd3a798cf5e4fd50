import { createHash } from 'node:crypto';
import { quote, runScript, shellCommand } from '../ssh/command.ts';
import type { BoardConnection } from '../ssh/connection.ts';

/** Hashing a large file on a slow board takes its time. */
const TIMEOUT_MS = 600_000;

/**
 * The SHA-256 of a file on the board in lower-case hex; undefined where there is no such file. Boards without a tool for it send
 * the file back to be hashed here.
 */
export async function remoteSha256(
  connection: BoardConnection,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const file = quote(path);
  const script = [
    `[ -f ${file} ] || { echo absent; exit 0; }`,
    `for tool in "sha256sum" "shasum -a 256" "openssl dgst -sha256 -r"; do $tool < ${file} 2>/dev/null && exit 0; done`,
    'echo none',
  ].join('; ');
  const { stdout } = await runScript(connection, script, { signal, timeoutMs: TIMEOUT_MS });
  const digest = /^([0-9a-f]{64})\b/im.exec(stdout)?.[1];
  if (digest !== undefined) return digest.toLowerCase();
  return /^none$/m.test(stdout) ? await hashOfCopy(connection, path, signal) : undefined;
}

async function hashOfCopy(connection: BoardConnection, path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of readRemote(connection, path, signal)) hash.update(part);
  return hash.digest('hex');
}

/** The bytes of a file on the board, by `cat`: it works with and without SFTP. */
export async function* readRemote(
  connection: BoardConnection,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const command = await connection.exec(shellCommand(`cat ${quote(path)}`));
  const { channel } = command;
  const stop = () => {
    channel.close();
  };
  signal?.addEventListener('abort', stop, { once: true });
  channel.stderr.resume();
  channel.end();
  try {
    for await (const part of channel) yield part as Buffer;
    await command.closed;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  connection.lost.throwIfAborted();
  if (command.exit.code !== 0) throw new Error(`${path} cannot be read on the board`);
}
