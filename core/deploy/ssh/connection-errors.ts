import { CortadoError, errorText } from '../../common/errors.ts';
import { hostText } from '../address.ts';
import type { SshAddress } from '../address.ts';

/** What went wrong before anybody was logged in, in words that name the likely cause. */
export function connectError(cause: unknown, address: SshAddress): CortadoError {
  const host = hostText(address);
  const error = (code: string, message: string, advice: string) => new CortadoError(code, message, advice, { cause });
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return error(
        'ssh.host-not-found',
        `No address is known for the name ${address.host}.`,
        'Check the spelling, or give the IP address of the board.',
      );
    case 'ECONNREFUSED':
      return error(
        'ssh.refused',
        `${host} answers, but nothing listens on port ${address.port}.`,
        'Start the SSH server on the board (dropbear or sshd), or give the port that it listens on: user@host:port.',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return error(
        'ssh.unreachable',
        `There is no way to ${host} on this network.`,
        'Check that the board has power and its cable or Wi-Fi, and that this computer is on the same network.',
      );
    case 'ETIMEDOUT':
      return connectTimeout(address);
    case 'EACCES':
    case 'EPERM':
      return error(
        'ssh.forbidden',
        `This computer does not allow a connection to ${host}.`,
        'Look at the firewall and the permissions of this program.',
      );
  }
  const text = errorText(cause);
  if (/no matching/i.test(text)) {
    return error(
      'ssh.no-common-algorithm',
      `${host} and Cortado have no encryption method in common (${text}).`,
      'Update the SSH server on the board.',
    );
  }
  if (/identification|invalid header|greeting|packet|exceeds|bad .*length/i.test(text)) {
    return error(
      'ssh.not-ssh',
      `What answers on ${host} is not an SSH server.`,
      'Give the port of the SSH server, 22 in most cases: user@host:port.',
    );
  }
  return error(
    'ssh.closed-early',
    `${host} ended the connection before the log-in (${text}).`,
    'Wait a minute and try again: some boards refuse further log-ins for a while; if that does not help, look at its SSH log.',
  );
}

export function connectTimeout(address: SshAddress): CortadoError {
  return new CortadoError(
    'ssh.timed-out',
    `${hostText(address)} did not answer in time.`,
    'Check the address, that the board is switched on, and that no firewall is between.',
  );
}

/** The connection ended while it was needed. */
export function connectionLost(address: SshAddress, cause: unknown): CortadoError {
  const why = cause === undefined ? '' : ` (${errorText(cause)})`;
  return new CortadoError(
    'ssh.connection-lost',
    `The connection to ${hostText(address)} was lost${why}.`,
    'Check power and network of the board and start again; what was half-done there is removed.',
    { cause },
  );
}
