import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addKeyToBoard, type AddKeyRequest } from '../../core/deploy/add-key.ts';
import { canStartOpenSsh, startOpenSsh, type OpenSshServer } from './openssh-server.ts';
import { scratchFolder } from './support.ts';

describe.skipIf(!canStartOpenSsh())("a key for Debian's OpenSSH server", () => {
  let server: OpenSshServer;
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let request: AddKeyRequest;
  const authorised = (): Promise<string> => readFile(join(server.home, '.ssh', 'authorized_keys'), 'utf8');

  beforeAll(async () => {
    server = await startOpenSsh();
    scratch = await scratchFolder();
    const knownHosts = join(scratch.path, 'known_hosts');
    await writeFile(knownHosts, `${await server.hostKey('ed25519')}\n`);
    request = {
      board: { kind: 'ssh', user: server.user, host: '127.0.0.1', port: server.port },
      credentials: { password: server.password },
      hostKeys: { userKnownHosts: knownHosts },
      keyFile: join(scratch.path, 'id_cortado'),
      passphrase: '',
    };
  });
  afterAll(async () => {
    await server.close();
    await scratch.remove();
  });

  it('is let in once, beside those that are there, and logs in from then on', async () => {
    // As an editor without a last line end leaves it.
    const before = (await authorised()).trimEnd();
    await writeFile(join(server.home, '.ssh', 'authorized_keys'), before);
    expect(await addKeyToBoard(request)).toEqual({ made: true, added: true });
    const after = await authorised();
    expect(after.startsWith(`${before}\nssh-ed25519 `)).toBe(true);
    expect(await addKeyToBoard(request)).toEqual({ made: false, added: false });
    expect(await authorised()).toBe(after);
    expect(await addKeyToBoard({ ...request, credentials: { identityFile: request.keyFile } })).toMatchObject({
      added: false,
    });
  });

  it('may have a passphrase', async () => {
    const keyFile = join(scratch.path, 'id_protected');
    expect(await addKeyToBoard({ ...request, keyFile, passphrase: 'open sesame' })).toEqual({
      made: true,
      added: true,
    });
  });

  it('is not made for somebody who may not log in', async () => {
    const keyFile = join(scratch.path, 'id_never');
    const outcome = addKeyToBoard({ ...request, keyFile, credentials: { password: 'wrong' } });
    await expect(outcome).rejects.toMatchObject({ code: 'ssh.wrong-password' });
    await expect(readFile(keyFile)).rejects.toThrow();
  });

  it('that cannot be installed says what the board said', async () => {
    await rename(join(server.home, '.ssh'), join(server.home, 'ssh-before'));
    await writeFile(join(server.home, '.ssh'), 'in the way');
    const outcome = addKeyToBoard({ ...request, keyFile: join(scratch.path, 'id_late') });
    await expect(outcome).rejects.toMatchObject({ code: 'board.key-not-installed' });
    await expect(outcome).rejects.toThrow(/exist|directory/i);
  });
});
