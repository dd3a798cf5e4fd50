import ssh2 from 'ssh2';
import type { AnyAuthMethod, Client, ServerHostKeyAlgorithm, SFTPWrapper } from 'ssh2';
import { CortadoError } from '../../common/errors.ts';
import type { SshAddress } from '../address.ts';
import { Authenticator } from './authentication.ts';
import type { Credentials } from './authentication.ts';
import { connectError, connectionLost, connectTimeout } from './connection-errors.ts';
import { HostKeyJudge } from './host-key.ts';
import type { AcceptedHostKey, HostKeyPolicy } from './host-key.ts';
import { RemoteCommand } from './remote-command.ts';
import { asError, whenStopped } from './stopping.ts';

export interface ConnectOptions {
  readonly address: SshAddress;
  readonly credentials: Credentials;
  readonly hostKeys: HostKeyPolicy;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the board may take, without the time in which a question waits for the user. Default 20 000. */
  readonly timeoutMs?: number | undefined;
}

const KEEPALIVE_INTERVAL_MS = 5_000;
const KEEPALIVE_COUNT = 4;

const HOST_KEY_ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  // SHA-1; dropbear before 2020 has nothing else for RSA keys. Last, so never chosen where there is better.
  'ssh-rsa',
];

/** Algorithms with those of the key types on file first: otherwise a known board would show a key of an unknown type. */
export function hostKeyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string) => knownTypes.includes(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  return [...HOST_KEY_ALGORITHMS.filter(isKnown), ...HOST_KEY_ALGORITHMS.filter((algorithm) => !isKnown(algorithm))];
}

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
    const { address, signal } = options;
    signal?.throwIfAborted();
    const judge = await HostKeyJudge.create(address, options.hostKeys);
    const authenticator = new Authenticator(address, options.credentials);
    const client = new ssh2.Client();
    const timer = new PausableTimer(options.timeoutMs ?? 20_000);
    let accepted: AcceptedHostKey | undefined;
    let unwatch: () => void = () => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        unwatch = whenStopped([signal], reject);
        timer.start(() => {
          reject(connectTimeout(address));
        });
        // Questions and answers are short: Nagle's algorithm would hold each back for 40 ms.
        client.on('connect', () => client.setNoDelay(true));
        client.on('ready', resolve);
        client.on('error', (error) => {
          // Trouble with the ssh-agent is not the end: the next way to log in is tried.
          if (error.level !== 'agent') {
            reject(error.level === 'client-authentication' ? authenticator.failure() : connectError(error, address));
          }
        });
        client.on('close', () => {
          reject(connectError(new Error('closed'), address));
        });
        const decide = async (key: Buffer) => {
          accepted = await judge.decide(key);
        };
        client.connect({
          host: address.host,
          port: address.port,
          username: address.user,
          readyTimeout: 0,
          keepaliveInterval: KEEPALIVE_INTERVAL_MS,
          keepaliveCountMax: KEEPALIVE_COUNT,
          algorithms: { serverHostKey: hostKeyAlgorithms(judge.knownTypes) },
          hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
            // Rejecting first: ssh2's own error for a refused key says less.
            timer.pausedWhile(decide(key)).then(
              () => {
                verify(true);
              },
              (error: unknown) => {
                reject(asError(error));
                verify(false);
              },
            );
          },
          authHandler: (methodsLeft, _partial, next) => {
            timer.pausedWhile(authenticator.next(methodsLeft as typeof methodsLeft | null)).then(
              (method) => {
                // ssh2 takes `false` for "no way left", which its types do not know.
                next(method ?? (false as unknown as AnyAuthMethod));
              },
              (error: unknown) => {
                reject(asError(error));
              },
            );
          },
        });
      });
    } catch (error) {
      client.on('error', () => undefined);
      client.destroy();
      throw error;
    } finally {
      timer.stop();
      unwatch();
    }
    if (accepted === undefined) throw new Error('ssh2 logged in without asking about the host key');
    return new BoardConnection(client, address, accepted);
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

/** A time limit that stands still while somebody is asked. */
class PausableTimer {
  private handle: NodeJS.Timeout | undefined;
  private startedAt = 0;
  private expire: (() => void) | undefined;

  constructor(private left: number) {}

  start(expire: () => void): void {
    this.expire = expire;
    this.resume();
  }

  async pausedWhile<Result>(work: Promise<Result>): Promise<Result> {
    clearTimeout(this.handle);
    this.left -= performance.now() - this.startedAt;
    try {
      return await work;
    } finally {
      this.resume();
    }
  }

  stop(): void {
    clearTimeout(this.handle);
    this.expire = undefined;
  }

  private resume(): void {
    this.startedAt = performance.now();
    if (this.expire !== undefined) this.handle = setTimeout(this.expire, Math.max(0, this.left));
  }
}
