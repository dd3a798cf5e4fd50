import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext } from 'ssh2';
import { describe, expect, it } from 'vitest';
import type { Credentials } from './authentication.ts';
import { BoardConnection } from './connection.ts';
import { makeEd25519KeyPair } from './ed25519.ts';

/** A server that lets in whom `decide` accepts; no commands. */
async function withServer(
  decide: (context: AuthContext) => void,
  use: (connect: (credentials: Credentials) => Promise<BoardConnection>) => Promise<void>,
): Promise<void> {
  const server = new ssh2.Server({ hostKeys: [makeEd25519KeyPair().private] }, (connection) => {
    connection.on('authentication', decide);
    connection.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await use((credentials) =>
      BoardConnection.open({
        address: { kind: 'ssh', user: 'board', host: '127.0.0.1', port },
        credentials: { usualKeys: false, ...credentials },
        hostKeys: { userKnownHosts: null, askHostKey: () => Promise.resolve(true) },
        timeoutMs: 2_000,
      }),
    );
  } finally {
    server.close();
  }
}

describe('logging in', () => {
  it('answers a server that asks for the password by keyboard-interactive, and passes further questions on', async () => {
    const decide = (context: AuthContext) => {
      if (context.method !== 'keyboard-interactive') {
        context.reject(['keyboard-interactive']);
        return;
      }
      const prompts = [
        { prompt: 'Password: ', echo: false },
        { prompt: 'One-time code: ', echo: true },
      ];
      context.prompt(prompts, (answers) => {
        const given = answers;
        if (given[0] === 'secret' && given[1] === '123456') context.accept();
        else context.reject(['keyboard-interactive']);
      });
    };
    await withServer(decide, async (connect) => {
      const asked: string[] = [];
      const askSecret: Credentials['askSecret'] = ({ kind, text }) => {
        asked.push(`${kind}: ${text}`);
        return Promise.resolve('123456');
      };
      const connection = await connect({ password: 'secret', askSecret });
      await connection.close();
      expect(asked).toEqual(['answer: One-time code:']);
      await expect(connect({ password: 'wrong', askSecret })).rejects.toMatchObject({ code: 'ssh.wrong-password' });
    });
  });

  it('needs no secret where the server asks for none', async () => {
    await withServer(
      (context) => {
        context.accept();
      },
      async (connect) => {
        const connection = await connect({});
        await connection.close();
      },
    );
  });

  it('does not count the time in which the user is asked', async () => {
    const decide = (context: AuthContext) => {
      if (context.method === 'password' && context.password === 'secret') context.accept();
      else context.reject(['password']);
    };
    await withServer(decide, async (connect) => {
      const slowly = () => new Promise<string>((resolve) => setTimeout(resolve, 2_500, 'secret'));
      const connection = await connect({ askSecret: slowly });
      await connection.close();
    });
  });

  it('gives up on a server that says nothing', async () => {
    await withServer(
      () => undefined,
      async (connect) => {
        await expect(connect({ password: 'secret' })).rejects.toMatchObject({ code: 'ssh.timed-out' });
      },
    );
  });
});
