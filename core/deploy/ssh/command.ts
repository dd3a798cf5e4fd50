import { CortadoError } from '../../common/errors.ts';
import type { BoardConnection } from './connection.ts';
import type { CommandExit } from './remote-command.ts';
import { whenStopped } from './stopping.ts';

/** What a finished command left. */
export interface CommandResult extends CommandExit {
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the command is given up with `board.command-timeout`. Default 60 000. */
  readonly timeoutMs?: number | undefined;
}

/** More than this of a command's output is not kept: a board that never stops talking fills no memory here. */
const OUTPUT_LIMIT = 1 << 20;

/** Quotes a word for a POSIX shell. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A command line that runs `script` in a plain POSIX shell, whatever the user's login shell is (csh, fish). The script is one
 * line: a line feed inside quotes is an error in csh.
 */
export function shellCommand(script: string): string {
  return `exec /bin/sh -c ${quote(script)}`;
}

/** Runs a script on the board and waits for its end. A non-zero exit code is a result, not an error. */
export async function runScript(
  connection: BoardConnection,
  script: string,
  options: CommandOptions = {},
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const command = await connection.exec(shellCommand(script));
  const { channel } = command;
  const stdout = new BoundedText();
  const stderr = new BoundedText();
  channel.on('data', (data: Buffer) => {
    stdout.add(data);
  });
  channel.stderr.on('data', (data: Buffer) => {
    stderr.add(data);
  });
  channel.end();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(commandTimeout(script));
    }, options.timeoutMs ?? 60_000);
    const unwatch = whenStopped([options.signal, connection.lost], reject);
    void command.closed.then(resolve).finally(() => {
      clearTimeout(timer);
      unwatch();
    });
  }).catch((error: unknown) => {
    channel.close();
    throw error;
  });
  return { ...command.exit, stdout: stdout.text(), stderr: stderr.text() };
}

function commandTimeout(script: string): CortadoError {
  return new CortadoError(
    'board.command-timeout',
    `A command on the board did not end in time: ${script.slice(0, 80)}.`,
    'See whether the board is overloaded or its storage hangs, then start again.',
  );
}

/** Collects output up to a limit and drops the rest. */
export class BoundedText {
  private readonly parts: Buffer[] = [];
  private length = 0;

  constructor(private readonly limit = OUTPUT_LIMIT) {}

  add(data: Buffer): void {
    if (this.length >= this.limit) return;
    const part = data.subarray(0, this.limit - this.length);
    this.parts.push(part);
    this.length += part.length;
  }

  text(): string {
    return Buffer.concat(this.parts).toString('utf8');
  }
}
