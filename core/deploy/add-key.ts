import type { SshAddress } from './address.ts';
import type { Credentials } from './ssh/authentication.ts';
import { BoardConnection } from './ssh/connection.ts';
import type { HostKeyPolicy } from './ssh/host-key.ts';
import { installKey } from './ssh/install-key.ts';
import { ensureKeyPair } from './ssh/make-key.ts';

export interface AddKeyRequest {
  readonly board: SshAddress;
  /** How to log in this once. */
  readonly credentials: Credentials;
  readonly hostKeys: HostKeyPolicy;
  /** The private key, which is made where it is not there yet. */
  readonly keyFile: string;
  /** Of a new key; empty for none. */
  readonly passphrase: string;
  readonly signal?: AbortSignal | undefined;
}

export interface AddedKey {
  /** Whether the key was made now. */
  readonly made: boolean;
  /** Whether the board did not know it yet. */
  readonly added: boolean;
}

/**
 * Makes a key, lets it in on a board and logs in with it, so that no password is needed from then on. Throws `ssh.…`,
 * `board.key-file`, `board.key-not-installed`; `ssh.key-refused` where the board does not take keys at all.
 */
export async function addKeyToBoard(request: AddKeyRequest): Promise<AddedKey> {
  const { board: address, credentials, hostKeys, keyFile, passphrase, signal } = request;
  // Whoever may not log in gets no key made, either.
  const connection = await BoardConnection.open({ address, credentials, hostKeys, signal });
  let pair: Awaited<ReturnType<typeof ensureKeyPair>>;
  let added: boolean;
  try {
    pair = await ensureKeyPair(keyFile, passphrase);
    added = await installKey(connection, pair.publicKey, signal);
  } finally {
    await connection.close();
  }
  const askSecret: Credentials['askSecret'] = (question) =>
    question.kind === 'passphrase' && question.attempt === 1 && passphrase !== ''
      ? Promise.resolve(passphrase)
      : (credentials.askSecret?.(question) ?? Promise.resolve(undefined));
  const check = await BoardConnection.open({
    address,
    credentials: { identityFile: keyFile, askSecret },
    hostKeys,
    signal,
  });
  await check.close();
  return { made: !pair.existed, added };
}
