import type { ClientChannel } from 'ssh2';

/** How a command on the board ended. */
export interface CommandExit {
  /** null where a signal ended it, or the connection before it. */
  readonly code: number | null;
  /** `SIGKILL`. */
  readonly signal: string | undefined;
}

/**
 * A command that runs on the board. It must be made in ssh2's own callback: the exit of a short command arrives in the same
 * packet as the answer, and whoever listens a promise later misses it.
 */
export class RemoteCommand {
  /** Resolves when the channel is closed: the output is complete and `exit` is final. */
  readonly closed: Promise<void>;
  private ended: CommandExit = { code: null, signal: undefined };

  constructor(readonly channel: ClientChannel) {
    channel.on('error', () => undefined);
    channel.on('exit', (code: number | null, signal?: string) => {
      this.ended = { code, signal };
    });
    this.closed = new Promise((resolve) => {
      channel.on('close', () => {
        resolve();
      });
    });
  }

  get exit(): CommandExit {
    return this.ended;
  }
}

/** `code 2`, `signal SIGKILL`, `no exit code`. */
export function exitText(exit: CommandExit): string {
  if (exit.signal !== undefined) return `signal ${exit.signal}`;
  return exit.code === null ? 'no exit code' : `code ${exit.code}`;
}
