import ssh2 from 'ssh2';

/** What a key pair may have beside its keys: a comment, and a passphrase with the cipher that uses it. */
export interface Ed25519Options {
  readonly comment?: string;
  readonly passphrase?: string;
  readonly cipher?: string;
  /** Rounds of bcrypt_pbkdf over the passphrase. */
  readonly rounds?: number;
}

/** Both keys in OpenSSH's formats. */
export interface Ed25519KeyPair {
  readonly private: string;
  /** The line for authorized_keys, without a line end. */
  readonly public: string;
}

type Generate = (options: Ed25519Options) => Ed25519KeyPair;

/**
 * Makes an ed25519 key pair. ssh2 cuts leading zero bytes off the public key (its issue 1390), so that one pair in 256 is one that no
 * program reads; such a pair is thrown away and another one made, which leaves 2^-64 for eight in a row.
 */
export function makeEd25519KeyPair(
  options: Ed25519Options = {},
  generate: Generate = generateWithSsh2,
): Ed25519KeyPair {
  for (let tries = 0; tries < 8; tries += 1) {
    const pair = generate(options);
    if (!(ssh2.utils.parseKey(pair.public) instanceof Error)) return pair;
  }
  throw new Error('eight key pairs in a row were malformed');
}

function generateWithSsh2(options: Ed25519Options): Ed25519KeyPair {
  return ssh2.utils.generateKeyPairSync('ed25519', options as Parameters<typeof ssh2.utils.generateKeyPairSync>[1]);
}
