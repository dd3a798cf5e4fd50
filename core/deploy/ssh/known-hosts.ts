import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CortadoError, errorText } from '../../common/errors.ts';
import { writeFileAtomically } from '../../common/files.ts';

/** One line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** `revoked` keys are never accepted; a `cert-authority` signs host certificates and is no host key itself. */
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  /** Comma-separated patterns, or one hashed name. */
  readonly hosts: string;
  /** `ssh-ed25519`, `ssh-rsa`, … */
  readonly keyType: string;
  /** The public key as it travels on the wire. */
  readonly key: Buffer;
}

/** What the known_hosts files say about a host's key. */
export type HostKeyStanding =
  | { readonly kind: 'known'; readonly entry: KnownHost }
  /** Another key of the same type is on file. */
  | { readonly kind: 'changed'; readonly entry: KnownHost }
  | { readonly kind: 'revoked'; readonly entry: KnownHost }
  /** No key of this type is on file; `others` are the types that are. */
  | { readonly kind: 'unknown'; readonly others: readonly string[] };

/** Reads a known_hosts file's text. Comments, empty lines and lines that OpenSSH would not understand are passed over, as it does. */
export function parseKnownHosts(text: string, file: string): readonly KnownHost[] {
  return text.split(/\r?\n/).flatMap((line, index) => parseLine(line, file, index + 1));
}

function parseLine(text: string, file: string, line: number): KnownHost[] {
  const fields = text.trim().split(/[ \t]+/);
  const first = fields[0];
  if (first === '' || first.startsWith('#')) return [];
  const marked = first.startsWith('@');
  const marker = marked ? first.slice(1) : 'none';
  if (marked && marker !== 'revoked' && marker !== 'cert-authority') return [];
  const [hosts, keyType, encoded = ''] = marked ? fields.slice(1) : fields;
  const key = Buffer.from(encoded, 'base64');
  if (keyTypeOf(key) !== keyType) return [];
  return [{ file, line, marker: marker as KnownHost['marker'], hosts, keyType, key }];
}

/** The type that a public key names in its first field (RFC 4253, 6.6); undefined where the bytes are no key. */
export function keyTypeOf(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length === 0 || length > 64 || key.length < 4 + length ? undefined : key.toString('latin1', 4, 4 + length);
}

/** Reads a known_hosts file; one that does not exist is empty. Throws `ssh.known-hosts` where it cannot be read. */
export async function readKnownHosts(file: string): Promise<readonly KnownHost[]> {
  try {
    return parseKnownHosts(await readFile(file, 'utf8'), file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CortadoError(
      'ssh.known-hosts',
      `The file of known host keys cannot be read: ${errorText(cause)}.`,
      'Make the file readable for you, or remove it.',
      { location: { file }, cause },
    );
  }
}

/** The name under which known_hosts files list a host: `host` on port 22, else `[host]:port`. */
export function knownHostName(host: string, port: number): string {
  const lower = host.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

/** Whether an entry's host field covers `name` (as `knownHostName` writes it). */
export function entryCovers(entry: KnownHost, name: string): boolean {
  if (entry.hosts.startsWith('|')) return hashedNameEquals(entry.hosts, name);
  let covered = false;
  for (const pattern of entry.hosts.split(',')) {
    const negated = pattern.startsWith('!');
    if (!wildcardMatches(negated ? pattern.slice(1) : pattern, name)) continue;
    // A negated pattern that matches wins over all others of its line.
    if (negated) return false;
    covered = true;
  }
  return covered;
}

/** `|1|salt|HMAC-SHA1(salt, name)`, both in base64. */
function hashedNameEquals(hashed: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = hashed.split('|');
  if (version !== '1') return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` stands for any run of characters, `?` for one; letter case does not matter. At worst quadratic in their lengths. */
function wildcardMatches(pattern: string, name: string): boolean {
  const wanted = pattern.toLowerCase();
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (p < wanted.length && wanted[p] !== '*' && (wanted[p] === '?' || wanted[p] === name[n])) {
      p++;
      n++;
    } else if (wanted[p] === '*') {
      star = p++;
      resume = n;
    } else if (star >= 0) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (wanted[p] === '*') p++;
  return p === wanted.length;
}

/** Compares the key that a host showed with what is on file. Any entry with the same key makes it known, as with OpenSSH. */
export function judgeHostKey(entries: readonly KnownHost[], name: string, key: Buffer): HostKeyStanding {
  const covering = entries.filter((entry) => entryCovers(entry, name));
  const revoked = covering.find((entry) => entry.marker === 'revoked' && entry.key.equals(key));
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked };
  const plain = covering.filter((entry) => entry.marker === 'none');
  const same = plain.find((entry) => entry.key.equals(key));
  if (same !== undefined) return { kind: 'known', entry: same };
  const type = keyTypeOf(key);
  const sameType = plain.find((entry) => entry.keyType === type);
  if (sameType !== undefined) return { kind: 'changed', entry: sameType };
  return { kind: 'unknown', others: [...new Set(plain.map((entry) => entry.keyType))] };
}

/** The key types on file for a host, in the order of the files: those are asked for first. */
export function knownKeyTypes(entries: readonly KnownHost[], name: string): readonly string[] {
  const plain = entries.filter((entry) => entry.marker === 'none' && entryCovers(entry, name));
  return [...new Set(plain.map((entry) => entry.keyType))];
}

/** Adds a key to a known_hosts file; the file is replaced as a whole or not at all. */
export async function rememberHostKey(file: string, name: string, key: Buffer): Promise<void> {
  let before = '';
  try {
    before = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  const separator = before === '' || before.endsWith('\n') ? '' : '\n';
  const line = `${name} ${keyTypeOf(key) ?? ''} ${key.toString('base64')}`;
  await writeFileAtomically(file, `${before}${separator}${line}\n`);
}

/** Takes the keys of one host out of a known_hosts file and returns how many there were; lines for several hosts stay. */
export async function forgetHostKeys(file: string, name: string): Promise<number> {
  const gone = new Set(
    (await readKnownHosts(file))
      .filter(({ hosts, marker }) => hosts === name && marker === 'none')
      .map(({ line }) => line),
  );
  if (gone.size === 0) return 0;
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFileAtomically(file, lines.filter((_, index) => !gone.has(index + 1)).join('\n'));
  return gone.size;
}
