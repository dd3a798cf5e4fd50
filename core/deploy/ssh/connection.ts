import type { Client, SFTPWrapper } from 'ssh2';
import { CortadoError } from '../../common/errors.ts';
import type { SshAddress } from '../address.ts';
import { connectionLost } from './connection-errors.ts';
import type { AcceptedHostKey } from './host-key.ts';
import { logIn } from './log-in.ts';
import type { ConnectOptions } from './log-in.ts';
import { RemoteCommand } from './remote-command.ts';
import { asError, whenStopped } from './stopping.ts';

/** A logged-in connection. Every call rejects with `ssh.connection-lost` once it is gone. */
export class BoardConnection {
  private readonly lostController = new AbortController();
  private closing = false;
  private transfer: Promise<SFTPWrapper> | undefined;

  private constructor(
    private readonly client: Client,
    readonly address: SshAddress,
    readonly hostKey: AcceptedHostKey,
  ) {
    let cause: unknown;
    client.on('error', (error) => (cause ??= error));
    client.on('close', () => {
      this.lostController.abort(connectionLost(address, cause));
    });
  }

  /** Connects, checks the host key, logs in. Throws `ssh.…`; rejects with the signal's reason when aborted. */
  static async open(options: ConnectOptions): Promise<BoardConnection> {
    const { client, hostKey } = await logIn(options);
    return new BoardConnection(client, options.address, hostKey);
  }

  /** Aborts with `ssh.connection-lost` when the connection ends, whoever ended it. */
  get lost(): AbortSignal {
    return this.lostController.signal;
  }

  /** Starts a command in the user's login shell on the board. */
  exec(command: string): Promise<RemoteCommand> {
    return this.request((done: (error: Error | undefined, command: RemoteCommand) => void) => {
      this.client.exec(command, (error, channel) => {
        done(error, error === undefined ? new RemoteCommand(channel) : (undefined as never));
      });
    });
  }

  /**
   * File transfer, opened once and used until the connection ends: dropbear loses a command that is started just after a transfer
   * session is closed. Rejects with `ssh.no-sftp` where the server has none.
   */
  sftp(): Promise<SFTPWrapper> {
    this.transfer ??= this.openSftp();
    return this.transfer;
  }

  private async openSftp(): Promise<SFTPWrapper> {
    try {
      const sftp = await this.request<SFTPWrapper>((done) => {
        this.client.sftp(done);
      });
      // Requests under way are answered with the same error; without a listener it would end the program.
      sftp.on('error', () => undefined);
      sftp.on('close', () => {
        this.transfer = undefined;
      });
      return sftp;
    } catch (cause) {
      if (this.lost.aborted) throw cause;
      throw new CortadoError(
        'ssh.no-sftp',
        'The SSH server of the board has no file transfer (SFTP).',
        'Nothing to do: files are sent through a command instead.',
        { cause },
      );
    }
  }

  /** Ends the connection; resolves when it is closed. */
  async close(): Promise<void> {
    if (this.closing || this.lost.aborted) return;
    this.closing = true;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => this.client.destroy(), 2_000);
      this.client.once('close', () => {
        clearTimeout(force);
        resolve();
      });
      this.client.end();
    });
  }

  private request<Result>(start: (done: (error: Error | undefined, result: Result) => void) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      const finished = whenStopped([this.lost], reject);
      if (this.lost.aborted) return;
      start((error, result) => {
        // Requests that a lost connection leaves unanswered fail with ssh2's own words first.
        if (error === undefined) resolve(result);
        else reject(this.lost.aborted ? asError(this.lost.reason) : error);
        finished();
      });
    });
  }
}
