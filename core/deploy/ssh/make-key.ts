import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import ssh2 from 'ssh2';
import { CortadoError, errorText } from '../../common/errors.ts';
import { makeEd25519KeyPair } from './ed25519.ts';

/** Where Cortado keeps the key that it makes: with the user's own, so that `ssh -i` finds it, too. */
export function usualKeyFile(): string {
  return join(homedir(), '.ssh', 'cortado_ed25519');
}

/** A key pair on the disk. */
export interface KeyPair {
  /** The private key; the public one is beside it, with `.pub`. */
  readonly file: string;
  /** The line for authorized_keys, without a line end. */
  readonly publicKey: string;
  /** Whether it was there before. */
  readonly existed: boolean;
}

/**
 * The key pair in a file: made (ed25519, readable for its owner alone) where there is none yet, used as it is where there is one.
 * The passphrase, empty for none, is for a new key only. Throws `board.key-file`.
 */
export async function ensureKeyPair(file: string, passphrase: string): Promise<KeyPair> {
  const known = await readFile(`${file}.pub`, 'utf8').catch(() => undefined);
  if (known !== undefined) return { file, publicKey: requirePublicKey(known, file), existed: true };
  const comment = `cortado@${hostname()}`;
  const made =
    passphrase === ''
      ? makeEd25519KeyPair({ comment })
      : makeEd25519KeyPair({ comment, passphrase, cipher: 'aes256-ctr', rounds: 16 });
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    // An existing private key is never written over.
    await writeFile(file, made.private, { mode: 0o600, flag: 'wx' });
    await writeFile(`${file}.pub`, `${made.public}\n`, { mode: 0o644 });
  } catch (cause) {
    throw new CortadoError(
      'board.key-file',
      `The key could not be written: ${errorText(cause)}.`,
      'Choose another file for the key, one that you may write to.',
      { location: { file }, cause },
    );
  }
  return { file, publicKey: made.public, existed: false };
}

function requirePublicKey(text: string, file: string): string {
  const line = text.trim();
  const key = ssh2.utils.parseKey(line);
  if (!(key instanceof Error) && !line.includes('\n')) return line;
  throw new CortadoError('board.key-file', 'The file beside the key is no public key.', 'Choose another file.', {
    location: { file: `${file}.pub` },
  });
}
