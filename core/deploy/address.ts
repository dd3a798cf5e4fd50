import { isIPv6 } from 'node:net';
import { userInfo } from 'node:os';
import { ACCELERATOR_BOARDS } from '../build/fpga/parts.ts';
import { CortadoError } from '../common/errors.ts';

/** A board that is reached over SSH. */
export interface SshAddress {
  readonly kind: 'ssh';
  readonly user: string;
  /** A name, an IPv4 address, or an IPv6 address without brackets; in lower case. */
  readonly host: string;
  readonly port: number;
}

/** The board that Cortado starts itself on this computer. */
export interface VirtualAddress {
  readonly kind: 'virtual';
  /** A Zynq board whose accelerator is simulated: `pynq-z1`. */
  readonly accelerator?: string;
}

export type BoardAddress = SshAddress | VirtualAddress;

const ADVICE =
  'Write user@host, user@host:port, user@[IPv6 address]:port, virtual for the board inside this computer, or virtual:pynq-z1 for one with a simulated accelerator.';

/**
 * Reads `user@host[:port]`, `user@[v6][:port]`, `user@v6`, `virtual` or `virtual:BOARD`; without a user this computer's user name is taken,
 * as ssh does. Throws `board.address`.
 */
export function parseBoardAddress(text: string): BoardAddress {
  const trimmed = text.trim();
  if (trimmed === 'virtual') return { kind: 'virtual' };
  if (trimmed.startsWith('virtual:')) return { kind: 'virtual', accelerator: knownBoard(trimmed.slice(8), text) };
  const at = trimmed.lastIndexOf('@');
  const user = at < 0 ? userInfo().username : trimmed.slice(0, at);
  const { host, port } = splitPort(at < 0 ? trimmed : trimmed.slice(at + 1), text);
  if (user === '') throw invalid(text, 'it has no user name before the @');
  if (hasForbiddenCharacters(user)) throw invalid(text, 'its user name holds a space or a control character');
  if (host === '') throw invalid(text, 'it has no host');
  if (hasForbiddenCharacters(host) || /[/\\[\]*?,!|#]/.test(host)) throw invalid(text, `"${host}" is not a host name`);
  if (host.startsWith('-')) throw invalid(text, 'a host name does not begin with a dash');
  return { kind: 'ssh', user, host: host.toLowerCase(), port: portNumber(port, text) };
}

/** The address as the user would write it: `board@192.168.1.20`, `root@[fe80::1]:2222`, `virtual`. */
export function boardAddressText(address: BoardAddress): string {
  if (address.kind === 'virtual')
    return address.accelerator === undefined ? 'virtual' : `virtual:${address.accelerator}`;
  return `${address.user}@${hostText(address)}`;
}

/** Host and port: `raspberrypi`, `10.0.0.7:2222`, `[fe80::1]:2222`. */
export function hostText(address: SshAddress): string {
  const host = isIPv6(withoutZone(address.host)) ? `[${address.host}]` : address.host;
  return address.port === 22 ? host : `${host}:${address.port}`;
}

function knownBoard(name: string, whole: string): string {
  const names = ACCELERATOR_BOARDS.map(({ board }) => board);
  if (names.includes(name)) return name;
  throw invalid(whole, `there is no simulated accelerator of a board "${name}", but of ${names.join(', ')}`);
}

function splitPort(text: string, whole: string): { host: string; port: string | undefined } {
  if (text.startsWith('[')) {
    const parts = /^\[([^\]]*)\](?::(.*))?$/s.exec(text);
    if (parts === null) throw invalid(whole, 'after the ] only :port may follow');
    const host = parts[1];
    if (!isIPv6(withoutZone(host))) throw invalid(whole, `"${host}" is not an IPv6 address`);
    return { host, port: parts.at(2) };
  }
  if (isIPv6(withoutZone(text))) return { host: text, port: undefined };
  const colon = text.indexOf(':');
  return colon < 0 ? { host: text, port: undefined } : { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

function portNumber(text: string | undefined, whole: string): number {
  if (text === undefined) return 22;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw invalid(whole, `"${text}" is not a port from 1 to 65535`);
  return port;
}

/** `fe80::1%eth0` names the network card after the %. */
function withoutZone(host: string): string {
  return host.replace(/%.*$/s, '');
}

function hasForbiddenCharacters(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\s\u0000-\u001f\u007f]/.test(text);
}

function invalid(text: string, why: string): CortadoError {
  return new CortadoError('board.address', `"${text}" is not the address of a board: ${why}.`, ADVICE);
}
