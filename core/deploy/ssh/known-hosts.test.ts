import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostKeyAlgorithms } from './log-in.ts';
import { fingerprintOf } from './host-key.ts';
import {
  entryCovers,
  forgetHostKeys,
  judgeHostKey,
  knownHostName,
  knownKeyTypes,
  parseKnownHosts,
  rememberHostKey,
} from './known-hosts.ts';

function key(type: string, seed: number): Buffer {
  const name = Buffer.from(type);
  const lengths = [name.length, 32].map((length) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(length);
    return bytes;
  });
  return Buffer.concat([lengths[0], name, lengths[1], Buffer.alloc(32, seed)]);
}

const ED = key('ssh-ed25519', 1);
const ED_OTHER = key('ssh-ed25519', 2);
const RSA = key('ssh-rsa', 3);

function line(hosts: string, bytes: Buffer, type = 'ssh-ed25519'): string {
  return `${hosts} ${type} ${bytes.toString('base64')} a comment`;
}

function covers(hosts: string, name: string): boolean {
  return entryCovers(parseKnownHosts(line(hosts, ED), 'f')[0], name);
}

describe('parseKnownHosts', () => {
  it('passes over comments, empty lines and what is no key, and counts lines all the same', () => {
    const text = [
      '# comment',
      '',
      line('a', ED),
      'b ssh-ed25519',
      'c ssh-ed25519 AAAA',
      `\t${line('d', RSA, 'ssh-rsa')}`,
    ];
    const entries = parseKnownHosts(text.join('\r\n'), 'f');
    expect(entries.map((entry) => [entry.hosts, entry.line, entry.keyType])).toEqual([
      ['a', 3, 'ssh-ed25519'],
      ['d', 6, 'ssh-rsa'],
    ]);
  });

  it('reads markers and drops lines with one that it does not know', () => {
    const text = [`@revoked ${line('a', ED)}`, `@cert-authority ${line('*', ED)}`, `@new ${line('a', ED)}`].join('\n');
    expect(parseKnownHosts(text, 'f').map((entry) => entry.marker)).toEqual(['revoked', 'cert-authority']);
  });
});

describe('entryCovers', () => {
  it.each([
    ['board', 'board', true],
    ['Board', 'board', true],
    ['other,board', 'board', true],
    ['boar', 'board', false],
    ['board', '[board]:2222', false],
    ['[board]:2222', '[board]:2222', true],
    ['[board]:*', '[board]:2222', true],
    ['192.168.1.?', '192.168.1.7', true],
    ['192.168.1.?', '192.168.1.70', false],
    ['*.local,!secret.local', 'pi.local', true],
    ['*.local,!secret.local', 'secret.local', false],
    ['!secret.local,*.local', 'secret.local', false],
    ['!secret.local', 'pi.local', false],
    ['*a*a*a*b', 'aaaaaaaaaaaaaaaaaaaaaaaa', false],
    // The example of sshd(8).
    ['|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=', '192.168.1.61', true],
    ['|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=', '192.168.1.62', false],
    ['|2|AAAA|BBBB', 'board', false],
  ])('%s covers %s: %s', (hosts, name, expected) => {
    expect(covers(hosts, name)).toBe(expected);
  });

  it('writes the name as OpenSSH does', () => {
    expect(knownHostName('Board', 22)).toBe('board');
    expect(knownHostName('fe80::1', 2222)).toBe('[fe80::1]:2222');
  });
});

describe('judgeHostKey', () => {
  const entries = parseKnownHosts([line('board', ED), line('other', ED_OTHER)].join('\n'), 'f');

  it('tells known, changed and unknown apart', () => {
    expect(judgeHostKey(entries, 'board', ED).kind).toBe('known');
    expect(judgeHostKey(entries, 'board', ED_OTHER)).toMatchObject({ kind: 'changed', entry: { file: 'f', line: 1 } });
    expect(judgeHostKey(entries, 'elsewhere', ED)).toEqual({ kind: 'unknown', others: [] });
  });

  it('takes a key type that was never seen for a host as unknown, not as changed', () => {
    expect(judgeHostKey(entries, 'board', RSA)).toEqual({ kind: 'unknown', others: ['ssh-ed25519'] });
  });

  it('knows a host by any of several keys of one type', () => {
    const two = parseKnownHosts([line('board', ED_OTHER), line('board', ED)].join('\n'), 'f');
    expect(judgeHostKey(two, 'board', ED).kind).toBe('known');
  });

  it('refuses a revoked key even where it is listed as good too', () => {
    const text = [line('board', ED), `@revoked ${line('*', ED)}`].join('\n');
    expect(judgeHostKey(parseKnownHosts(text, 'f'), 'board', ED)).toMatchObject({
      kind: 'revoked',
      entry: { line: 2 },
    });
  });

  it('does not take the key of a certificate authority for a host key', () => {
    const authority = parseKnownHosts(`@cert-authority ${line('board', ED)}`, 'f');
    expect(judgeHostKey(authority, 'board', ED).kind).toBe('unknown');
    expect(judgeHostKey(authority, 'board', ED_OTHER).kind).toBe('unknown');
  });

  it('asks for the types on file first', () => {
    const both = parseKnownHosts(line('board', RSA, 'ssh-rsa'), 'f');
    expect(knownKeyTypes(both, 'board')).toEqual(['ssh-rsa']);
    const algorithms = hostKeyAlgorithms(['ssh-rsa']);
    expect(algorithms.slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']);
    expect(new Set(algorithms).size).toBe(7);
    expect(hostKeyAlgorithms([])[0]).toBe('ssh-ed25519');
  });
});

describe('rememberHostKey', () => {
  it('adds a line and keeps what was there, with or without a line feed at its end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cortado-known-'));
    const file = join(folder, 'known_hosts');
    try {
      await writeFile(file, '# mine');
      await rememberHostKey(file, 'board', ED);
      await rememberHostKey(file, '[board]:2222', RSA);
      const text = await readFile(file, 'utf8');
      expect(text.split('\n')).toHaveLength(4);
      expect(text.startsWith('# mine\nboard ssh-ed25519 ')).toBe(true);
      expect(judgeHostKey(parseKnownHosts(text, file), '[board]:2222', RSA).kind).toBe('known');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('forgetHostKeys', () => {
  it('takes out the lines of that host alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cortado-known-'));
    const file = join(folder, 'known_hosts');
    try {
      expect(await forgetHostKeys(file, 'board')).toBe(0);
      await writeFile(file, '# mine\n');
      await rememberHostKey(file, 'board', ED);
      await rememberHostKey(file, '[board]:2222', ED);
      await rememberHostKey(file, 'board', RSA);
      expect(await forgetHostKeys(file, 'board')).toBe(2);
      const text = await readFile(file, 'utf8');
      expect(text).toMatch(/^# mine\n\[board\]:2222 ssh-ed25519 \S+\n$/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

it('writes fingerprints as ssh-keygen does', () => {
  // GitHub's published ed25519 host key and fingerprint.
  const github = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
  expect(fingerprintOf(Buffer.from(github, 'base64'))).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
});
