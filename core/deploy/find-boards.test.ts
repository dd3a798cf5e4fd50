import { Bonjour } from 'bonjour-service';
import { describe, expect, it } from 'vitest';
import { boardsOf, findBoards, type FoundBoard } from './find-boards.ts';

const service = { type: 'ssh', name: 'pi', host: 'pi.local', port: 22, addresses: ['fe80::1', '192.168.1.20'] };

describe('boards that announce themselves', () => {
  it('are one for each host, with the port of SSH', () => {
    const found = boardsOf([
      { ...service, type: 'workstation', name: 'pi [b8:27:eb:01:02:03]', port: 9 },
      { ...service, port: 2222 },
      {
        ...service,
        type: 'workstation',
        name: 'other [b8:27:eb:01:02:04]',
        host: 'other.local.',
        port: 9,
        addresses: [],
      },
    ]);
    expect(found).toEqual([
      { host: 'other.local', name: 'other', address: null, port: 22 },
      { host: 'pi.local', name: 'pi', address: '192.168.1.20', port: 2222 },
    ]);
  });

  // A socket that is bound to the group hears nothing but multicast, and that on the loopback interface alone.
  it.skipIf(process.platform !== 'linux')('are found, and nothing is said after the search was stopped', async () => {
    const place = { interface: '127.0.0.1', bind: '224.0.0.251', port: 20_000 + (process.pid % 30_000) };
    const board = new Bonjour({ ...place });
    board.publish({ name: 'a board', type: 'ssh', port: 22, host: 'board.local', probe: false });
    let tell: (boards: readonly FoundBoard[]) => void = () => undefined;
    const found = new Promise<readonly FoundBoard[]>((resolve) => {
      tell = resolve;
    });
    const search = findBoards((boards) => {
      tell(boards);
    }, place);
    expect(await found).toMatchObject([{ host: 'board.local', name: 'a board', port: 22 }]);
    search.stop();
    let heard = 0;
    tell = () => heard++;
    board.publish({ name: 'another', type: 'ssh', port: 22, host: 'another.local', probe: false });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(heard).toBe(0);
    await new Promise<void>((resolve) => {
      board.destroy(resolve);
    });
  });
});
