import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { boardAddressText, parseBoardAddress } from './address.ts';

describe('parseBoardAddress', () => {
  it.each([
    ['pi@192.168.1.20', 'pi', '192.168.1.20', 22],
    ['pi@192.168.1.20:2222', 'pi', '192.168.1.20', 2222],
    ['root@RaspberryPi.local', 'root', 'raspberrypi.local', 22],
    ['root@[fe80::1]', 'root', 'fe80::1', 22],
    ['root@[fe80::1%eth0]:2222', 'root', 'fe80::1%eth0', 2222],
    ['root@fe80::1', 'root', 'fe80::1', 22],
    ['me@work@board', 'me@work', 'board', 22],
    ['  pi@board  ', 'pi', 'board', 22],
    ['board', userInfo().username, 'board', 22],
  ])('reads %s', (text, user, host, port) => {
    expect(parseBoardAddress(text)).toEqual({ kind: 'ssh', user, host, port });
  });

  it('reads virtual', () => {
    expect(parseBoardAddress('virtual')).toEqual({ kind: 'virtual' });
  });

  it('reads a virtual board with a simulated accelerator, of those that there are', () => {
    const address = parseBoardAddress('virtual:zybo-z7-10');
    expect(address).toEqual({ kind: 'virtual', accelerator: 'zybo-z7-10' });
    expect(boardAddressText(address)).toBe('virtual:zybo-z7-10');
    expect(() => parseBoardAddress('virtual:pi')).toThrow('pynq-z1');
  });

  it.each([
    ['', 'no host'],
    ['pi@', 'no host'],
    ['@board', 'no user name'],
    ['pi@board:', 'not a port'],
    ['pi@board:0', 'not a port'],
    ['pi@board:65536', 'not a port'],
    ['pi@board:ssh', 'not a port'],
    ['pi@[fe80::1', 'only :port'],
    ['pi@[board]:22', 'not an IPv6 address'],
    ['pi@[fe80::1]22', 'only :port'],
    ['pi@bo ard', 'not a host name'],
    ['pi@board/home', 'not a host name'],
    ['pi@-oProxyCommand=x', 'begin with a dash'],
    ['p i@board', 'space'],
  ])('refuses "%s"', (text, why) => {
    expect(() => parseBoardAddress(text)).toThrow(why);
    try {
      parseBoardAddress(text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'board.address' });
    }
  });

  it('writes addresses so that it reads them again', () => {
    for (const text of ['pi@board', 'pi@board:2222', 'pi@[fe80::1]', 'pi@[fe80::1]:2222', 'virtual']) {
      expect(boardAddressText(parseBoardAddress(text))).toBe(text);
    }
  });
});
