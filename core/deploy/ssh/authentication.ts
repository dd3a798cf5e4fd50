import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { AnyAuthMethod, AuthenticationType, ParsedKey, Prompt } from 'ssh2';
import { CortadoError, errorText } from '../../common/errors.ts';
import { boardAddressText } from '../address.ts';
import type { SshAddress } from '../address.ts';

/** A secret that is asked for while connecting. */
export interface SecretQuestion {
  /** `answer`: whatever else the server wants to know, a one-time code for instance. */
  readonly kind: 'password' | 'passphrase' | 'answer';
  /** `Password for board@192.168.1.20`. */
  readonly text: string;
  /** 1 for the first time, more after a wrong one. */
  readonly attempt: number;
}

/** How the user proves who they are. */
export interface Credentials {
  /** A private key file; then no other key is tried. */
  readonly identityFile?: string | undefined;
  /** A password that is at hand already; it is tried once, and no other is asked for. */
  readonly password?: string | undefined;
  /** Whether keys of the running ssh-agent and of `~/.ssh` are tried where no key file and no password is given. Default true. */
  readonly usualKeys?: boolean | undefined;
  /** Asks for a secret; undefined (nothing entered) gives up. */
  readonly askSecret?: ((question: SecretQuestion) => Promise<string | undefined>) | undefined;
}

const USUAL_KEY_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const ASKED_PASSWORDS = 3;
const ASKED_PASSPHRASES = 3;

/** Tries the ways to log in, one after the other, and remembers what was tried for the error's words. */
export class Authenticator {
  private readonly steps: AsyncGenerator<AnyAuthMethod, void, readonly string[]>;
  private methodsLeft: readonly string[] = [];
  private keysTried = 0;
  private passwordsTried = 0;

  constructor(
    private readonly address: SshAddress,
    private readonly credentials: Credentials,
  ) {
    this.steps = this.plan();
  }

  /** The next way to try, given what the server would take; undefined when there is none left. */
  async next(methodsLeft: readonly AuthenticationType[] | null): Promise<AnyAuthMethod | undefined> {
    this.methodsLeft = methodsLeft ?? [];
    const step = await this.steps.next(this.methodsLeft);
    return step.done === true ? undefined : step.value;
  }

  /** Why nobody was let in, in words. */
  failure(): CortadoError {
    const who = boardAddressText(this.address);
    if (this.passwordsTried > 0) {
      return new CortadoError(
        'ssh.wrong-password',
        `The board did not accept the password for ${who}.`,
        'Check user name and password; some boards allow root to log in with a key only.',
      );
    }
    const wanted = this.methodsLeft.filter((method) => method !== 'none').join(', ') || 'nothing that it names';
    if (this.keysTried > 0) {
      return new CortadoError(
        'ssh.key-refused',
        `The board did not accept your key for ${who}; it takes ${wanted}.`,
        "Add the public key to ~/.ssh/authorized_keys of that user on the board, or log in with the user's password.",
      );
    }
    return new CortadoError(
      'ssh.no-credentials',
      `There was nothing to log in to ${who} with; the board takes ${wanted}.`,
      'Give a password or a private key file (--password-stdin, --identity KEY).',
    );
  }

  private async *plan(): AsyncGenerator<AnyAuthMethod, void, readonly string[]> {
    const username = this.address.user;
    // The server answers this one with the ways that it takes; it lets in users who need no secret.
    yield { type: 'none', username };
    const { identityFile, password, usualKeys = true } = this.credentials;
    if (identityFile !== undefined) {
      yield this.keyMethod(await readKey(identityFile, (attempt) => this.askPassphrase(identityFile, attempt)));
      if (password === undefined) return;
    } else if (password === undefined && usualKeys) {
      yield* this.tryUsualKeys();
    }
    yield* this.tryPasswords();
  }

  private async *tryUsualKeys(): AsyncGenerator<AnyAuthMethod, void, readonly string[]> {
    const agent = process.env.SSH_AUTH_SOCK;
    if (agent !== undefined && agent !== '' && this.takes('publickey')) {
      this.keysTried++;
      yield { type: 'agent', username: this.address.user, agent };
    }
    for (const name of USUAL_KEY_FILES) {
      if (!this.takes('publickey')) return;
      const file = join(homedir(), '.ssh', name);
      const text = await readFile(file).catch(() => undefined);
      if (text === undefined) continue;
      const key = parsePrivateKey(text, undefined);
      // Keys that nobody named are used only where they need no passphrase: a question about each would be a nuisance.
      if (!(key instanceof Error)) yield this.keyMethod(key);
    }
  }

  private async *tryPasswords(): AsyncGenerator<AnyAuthMethod, void, readonly string[]> {
    const { password } = this.credentials;
    const attempts = password === undefined ? ASKED_PASSWORDS : 1;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (!this.takes('password') && !this.takes('keyboard-interactive')) return;
      const secret =
        password ?? (await this.ask('password', `Password for ${boardAddressText(this.address)}`, attempt));
      if (secret === undefined) return;
      this.passwordsTried++;
      const username = this.address.user;
      if (this.takes('password')) {
        yield { type: 'password', username, password: secret };
      } else {
        yield { type: 'keyboard-interactive', username, prompt: this.answering(secret) };
      }
    }
  }

  /** Answers a server's questions: a single hidden one is the password's, all others are put to the user. */
  private answering(password: string) {
    return (
      _name: string,
      _instructions: string,
      _language: string,
      prompts: readonly Prompt[],
      finish: (answers: string[]) => void,
    ): void => {
      const answers = prompts.map((prompt, index) =>
        index === 0 && prompt.echo !== true
          ? Promise.resolve(password)
          : this.ask('answer', prompt.prompt.trim(), 1).then((answer) => answer ?? ''),
      );
      Promise.all(answers).then(finish, () => {
        finish(prompts.map(() => ''));
      });
    };
  }

  private keyMethod(key: ParsedKey): AnyAuthMethod {
    this.keysTried++;
    return { type: 'publickey', username: this.address.user, key };
  }

  private takes(method: string): boolean {
    return this.methodsLeft.includes(method);
  }

  private askPassphrase(file: string, attempt: number): Promise<string | undefined> {
    if (attempt > ASKED_PASSPHRASES) return Promise.resolve(undefined);
    return this.ask('passphrase', `Passphrase of the key ${file}`, attempt);
  }

  private ask(kind: SecretQuestion['kind'], text: string, attempt: number): Promise<string | undefined> {
    return this.credentials.askSecret?.({ kind, text, attempt }) ?? Promise.resolve(undefined);
  }
}

/**
 * Reads a private key (OpenSSH, PEM or PuTTY form), asking for the passphrase where it has one. Throws `ssh.key-unreadable`,
 * `ssh.key-invalid`, `ssh.passphrase-missing` or `ssh.passphrase-wrong`.
 */
async function readKey(
  file: string,
  askPassphrase: (attempt: number) => Promise<string | undefined>,
): Promise<ParsedKey> {
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (cause) {
    throw new CortadoError(
      'ssh.key-unreadable',
      `The private key cannot be read: ${errorText(cause)}.`,
      'Check the path of the key file and that you may read it.',
      { location: { file }, cause },
    );
  }
  let key = parsePrivateKey(text, undefined);
  const encrypted = key instanceof Error && /no passphrase given/i.test(key.message);
  for (let attempt = 1; encrypted && key instanceof Error; attempt++) {
    const passphrase = await askPassphrase(attempt);
    if (passphrase === undefined) throw passphraseError(file, attempt);
    key = parsePrivateKey(text, passphrase);
  }
  if (key instanceof Error) {
    throw new CortadoError(
      'ssh.key-invalid',
      `The file is not a private key that can be used: ${key.message}.`,
      'Give the private key (the file without .pub) of kind ed25519, ecdsa or rsa; ssh-keygen -p -f KEY rewrites one in the usual form.',
      { location: { file } },
    );
  }
  return key;
}

function passphraseError(file: string, attempt: number): CortadoError {
  return attempt === 1
    ? new CortadoError(
        'ssh.passphrase-missing',
        'The private key is protected by a passphrase, and none was given.',
        'Start again on a terminal that can ask for it, or add the key to your ssh-agent first.',
        { location: { file } },
      )
    : new CortadoError(
        'ssh.passphrase-wrong',
        'The passphrase does not open the private key.',
        'Try again with the passphrase that was chosen when the key was made.',
        { location: { file } },
      );
}

function parsePrivateKey(text: Buffer, passphrase: string | undefined): ParsedKey | Error {
  // A file in the old PEM forms gives one key, one in OpenSSH's a list, which the types do not say.
  const parsed = ssh2.utils.parseKey(text, passphrase) as ParsedKey | Error | readonly ParsedKey[];
  const key = 'at' in parsed ? (parsed.at(0) ?? new Error('it holds no key')) : parsed;
  if (key instanceof Error || key.isPrivateKey()) return key;
  return new Error('it holds a public key only');
}
