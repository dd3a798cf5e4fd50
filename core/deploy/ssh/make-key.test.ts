import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureKeyPair } from './make-key.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a key pair', () => {
  it('is made once, for its owner alone, and used as it is from then on', async () => {
    const file = join(folder, 'ssh', 'key');
    const made = await ensureKeyPair(file, '');
    expect(made).toMatchObject({ file, existed: false });
    expect(made.publicKey).toMatch(/^ssh-ed25519 \S+ cortado@\S+$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(ssh2.utils.parseKey(await readFile(file))).not.toBeInstanceOf(Error);
    const before = await readFile(file, 'utf8');
    expect(await ensureKeyPair(file, 'other')).toEqual({ ...made, existed: true });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('opens with its passphrase only', async () => {
    const file = join(folder, 'key');
    await ensureKeyPair(file, 'a passphrase');
    const text = await readFile(file);
    expect(ssh2.utils.parseKey(text)).toBeInstanceOf(Error);
    expect(ssh2.utils.parseKey(text, 'wrong')).toBeInstanceOf(Error);
    expect(ssh2.utils.parseKey(text, 'a passphrase')).not.toBeInstanceOf(Error);
  });

  it('is never written over, nor taken from a file that holds none', async () => {
    const file = join(folder, 'key');
    await writeFile(file, 'precious');
    await expect(ensureKeyPair(file, '')).rejects.toMatchObject({ code: 'board.key-file', location: { file } });
    expect(await readFile(file, 'utf8')).toBe('precious');
    await writeFile(`${file}.pub`, 'no key');
    await expect(ensureKeyPair(file, '')).rejects.toMatchObject({ code: 'board.key-file' });
  });
});
