import { Bonjour, type Service } from 'bonjour-service';
import type { EventEmitter } from 'node:events';

/** A computer that says in the local network that one can log in to it. */
export interface FoundBoard {
  /** `raspberrypi.local`, to be given as the board's address. */
  readonly host: string;
  /** What it calls itself. */
  readonly name: string;
  /** The first IPv4 address, where it says one. */
  readonly address: string | null;
  /** Of SSH. */
  readonly port: number;
}

export interface BoardSearch {
  readonly stop: () => void;
}

/** Where to look; the whole local network where absent. */
export interface SearchPlace {
  /** Address of the only interface that is used. */
  readonly interface?: string;
  readonly bind?: string;
  readonly port?: number;
}

const SSH_PORT = 22;
/** What boards announce, by multicast DNS (RFC 6763): an SSH server, SFTP, or that they are a workstation (Avahi's default). */
const TYPES = ['ssh', 'sftp-ssh', 'workstation'] as const;

/**
 * Looks for boards by multicast DNS until it is stopped, and tells all that were found each time that there is one more or less.
 * A network that cannot be asked finds nothing: typing an address always works.
 */
export function findBoards(onFound: (boards: readonly FoundBoard[]) => void, place: SearchPlace = {}): BoardSearch {
  // A network without multicast is no error here.
  const bonjour = new Bonjour({ ...place }, () => undefined);
  // Its socket's errors would end the process: the library hands them to nobody.
  const { mdns } = (bonjour as unknown as { readonly server: { readonly mdns: EventEmitter } }).server;
  mdns.on('error', () => undefined);
  const browsers = TYPES.map((type) => bonjour.find({ type }));
  const tell = (): void => {
    onFound(boardsOf(browsers.flatMap((browser) => browser.services)));
  };
  for (const browser of browsers) browser.on('up', tell).on('down', tell).on('srv-update', tell);
  return {
    stop: () => {
      for (const browser of browsers) browser.removeAllListeners().stop();
      bonjour.destroy();
    },
  };
}

/** One board a host, by name; where one announces several things, SSH's own port counts. */
export function boardsOf(
  services: readonly Pick<Service, 'type' | 'name' | 'host' | 'port' | 'addresses'>[],
): FoundBoard[] {
  const boards = new Map<string, FoundBoard>();
  const bySsh = services.toSorted((a, b) => TYPES.indexOf(a.type as 'ssh') - TYPES.indexOf(b.type as 'ssh'));
  for (const { type, name, host, port, addresses = [] } of bySsh) {
    const key = host.replace(/\.$/, '');
    if (key === '' || boards.has(key)) continue;
    boards.set(key, {
      host: key,
      // Avahi's workstations are called "raspberrypi [b8:27:eb:01:02:03]".
      name: name.replace(/ \[[0-9a-f:]{17}\]$/i, ''),
      address: addresses.find((address) => /^\d+(\.\d+){3}$/.test(address)) ?? null,
      port: type === 'workstation' ? SSH_PORT : port,
    });
  }
  return [...boards.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
