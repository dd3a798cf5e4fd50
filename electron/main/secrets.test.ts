import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secrets, type Cipher } from './secrets.ts';

let folder: string;
let file: string;
const name = { kind: 'password', subject: 'pi@board' } as const;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-secrets-'));
  file = join(folder, 'secrets.json');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Turns bytes round: enough to see that no plain text is written. */
function cipher(backend?: string, available = true): Cipher {
  return {
    isEncryptionAvailable: () => available,
    ...(backend === undefined ? {} : { getSelectedStorageBackend: () => backend }),
    encryptString: (text) => Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 0xff)),
    decryptString: (encrypted) => Buffer.from([...encrypted].map((byte) => byte ^ 0xff)).toString(),
  };
}

describe('secrets', () => {
  it('outlive the app where the system has a keychain, never as plain text', async () => {
    const secrets = new Secrets(file, cipher('gnome_libsecret'), 'linux');
    await secrets.keep(name, 'raspberry');
    expect(await readFile(file, 'utf8')).not.toContain('raspberry');
    const again = new Secrets(file, cipher('gnome_libsecret'), 'linux');
    expect(await again.read(name)).toBe('raspberry');
    expect(await again.list()).toEqual([{ id: 'password:pi@board', ...name }]);
    await again.forget('password:pi@board');
    expect(await again.read(name)).toBeNull();
  });

  it.each([
    ['plain text is all there is', cipher('basic_text'), 'linux'],
    ['the backend cannot be told', cipher(undefined), 'linux'],
    ['there is no encryption', cipher(undefined, false), 'win32'],
  ] as const)('are not written where %s', async (_, given, platform) => {
    const secrets = new Secrets(file, given, platform);
    expect(secrets.state().kept).toBe(false);
    await secrets.keep(name, 'raspberry');
    expect(existsSync(file)).toBe(false);
    // For this session they are there.
    expect(await secrets.read(name)).toBe('raspberry');
    expect(await new Secrets(file, given, platform).read(name)).toBeNull();
  });

  it('are none where another keychain encrypted them, or the file is damaged', async () => {
    const secrets = new Secrets(file, cipher(), 'darwin');
    await secrets.keep(name, 'raspberry');
    const broken: Cipher = {
      ...cipher(),
      decryptString: () => {
        throw new Error('wrong key');
      },
    };
    expect(await new Secrets(file, broken, 'darwin').read(name)).toBeNull();
    await writeFile(file, '{"version": 1, "secr');
    expect(await new Secrets(file, cipher(), 'darwin').read(name)).toBeNull();
  });

  it('are all there where several are kept and forgotten at a time', async () => {
    const secrets = new Secrets(file, cipher('gnome_libsecret'), 'linux');
    const names = ['one', 'two', 'three', 'four'].map((subject) => ({ kind: 'password', subject }) as const);
    await secrets.keep(name, 'raspberry');
    const all = names.map((each) => secrets.keep(each, each.subject));
    void secrets.forget('password:pi@board');
    await secrets.written();
    await Promise.all(all);
    const again = new Secrets(file, cipher('gnome_libsecret'), 'linux');
    expect((await again.list()).map(({ subject }) => subject)).toEqual(['one', 'two', 'three', 'four']);
  });

  it('have no name that an object has by itself', async () => {
    const secrets = new Secrets(file, cipher(), 'darwin');
    expect(await secrets.read({ kind: 'password', subject: '__proto__' })).toBeNull();
    await secrets.forget('constructor');
    expect(await secrets.list()).toEqual([]);
  });
});
