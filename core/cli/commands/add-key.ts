import type { Command } from 'commander';
import { CortadoError } from '../../common/errors.ts';
import { addKeyToBoard } from '../../deploy/add-key.ts';
import { parseBoardAddress } from '../../deploy/address.ts';
import { usualKeyFile } from '../../deploy/ssh/make-key.ts';
import { credentials, defaultKnownHosts, hostKeyPolicy, type LoginFlags } from '../board-login.ts';
import { askSecret, isInteractive, note } from '../terminal.ts';

interface AddKeyFlags extends LoginFlags {
  readonly board: string;
  readonly key: string;
}

export function addAddKeyCommand(program: Command, signal: AbortSignal): void {
  program
    .command('add-key')
    .description('makes a key and lets it in on a board, so that no password is needed from then on')
    .requiredOption('--board <address>', 'user@host[:port]')
    .option('--key <file>', 'the private key; made (ed25519) where it is not there yet', usualKeyFile())
    .option('--identity <file>', 'another private key to log in with this once')
    .option('--password-stdin', 'the password is the first line of standard input')
    .option('--accept-host-key <fingerprint>', 'SHA256:… of a host key that is not known yet')
    .option('--known-hosts <file>', "Cortado's own known_hosts, where accepted keys are kept", defaultKnownHosts())
    .action((flags: AddKeyFlags) => run(flags, signal));
}

async function run(flags: AddKeyFlags, signal: AbortSignal): Promise<void> {
  const board = parseBoardAddress(flags.board);
  if (board.kind !== 'ssh') {
    throw new CortadoError('cli.usage', 'The virtual board takes no keys.', 'Name a board: user@host.', {
      location: { field: '--board' },
    });
  }
  const passphrase = isInteractive()
    ? await askSecret('Passphrase of a new key (empty for none)', 'Leave it empty.')
    : '';
  const { made, added } = await addKeyToBoard({
    board,
    credentials: await credentials(flags),
    hostKeys: hostKeyPolicy(flags),
    keyFile: flags.key,
    passphrase,
    signal,
  });
  note(
    `${made ? 'Made' : 'Used'} the key ${flags.key}; ${added ? 'the board lets it in now' : 'the board knew it already'}.`,
  );
  note(`From now on: cortado deploy … --board ${flags.board} --identity ${flags.key}`);
}
