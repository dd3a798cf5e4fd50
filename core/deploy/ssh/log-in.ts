import ssh2 from 'ssh2';
import type { AnyAuthMethod, Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import type { SshAddress } from '../address.ts';
import { Authenticator } from './authentication.ts';
import type { Credentials } from './authentication.ts';
import { connectError, connectTimeout } from './connection-errors.ts';
import { HostKeyJudge } from './host-key.ts';
import type { AcceptedHostKey, HostKeyPolicy } from './host-key.ts';
import { PausableTimer } from './pausable-timer.ts';
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

export interface LoggedIn {
  readonly client: Client;
  readonly hostKey: AcceptedHostKey;
}

/** Connects, checks the host key, logs in. Throws `ssh.…`; rejects with the signal's reason when aborted. */
export async function logIn(options: ConnectOptions): Promise<LoggedIn> {
  const { address, signal } = options;
  signal?.throwIfAborted();
  const judge = await HostKeyJudge.create(address, options.hostKeys);
  const authenticator = new Authenticator(address, options.credentials);
  const timer = new PausableTimer(options.timeoutMs ?? 20_000);
  const client = new ssh2.Client();
  let hostKey: AcceptedHostKey | undefined;
  let unwatch: () => void = () => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      unwatch = whenStopped([signal], reject);
      timer.start(() => {
        reject(connectTimeout(address));
      });
      listen(client, address, authenticator, resolve, reject);
      const judgeKey = async (key: Buffer) => {
        hostKey = await judge.decide(key);
      };
      client.connect({
        ...settings(address, judge),
        hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
          timer.pausedWhile(judgeKey(key)).then(
            () => {
              verify(true);
            },
            (error: unknown) => {
              // Rejecting first: ssh2's own error for a refused key says less.
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
  if (hostKey === undefined) throw new Error('ssh2 logged in without asking about the host key');
  return { client, hostKey };
}

function listen(
  client: Client,
  address: SshAddress,
  authenticator: Authenticator,
  resolve: () => void,
  reject: (error: Error) => void,
): void {
  // Questions and answers are short: Nagle's algorithm would hold each back for 40 ms.
  client.on('connect', () => client.setNoDelay(true));
  client.on('ready', resolve);
  client.on('error', (error) => {
    // Trouble with the ssh-agent is not the end: the next way to log in is tried.
    if (error.level === 'agent') return;
    reject(error.level === 'client-authentication' ? authenticator.failure() : connectError(error, address));
  });
  client.on('close', () => {
    reject(connectError(new Error('closed'), address));
  });
}

function settings(address: SshAddress, judge: HostKeyJudge): ConnectConfig {
  return {
    host: address.host,
    port: address.port,
    username: address.user,
    // ssh2's own time limit runs on while the user is asked.
    readyTimeout: 0,
    keepaliveInterval: KEEPALIVE_INTERVAL_MS,
    keepaliveCountMax: KEEPALIVE_COUNT,
    algorithms: { serverHostKey: hostKeyAlgorithms(judge.knownTypes) },
  };
}
