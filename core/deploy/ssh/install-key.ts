import { CortadoError } from '../../common/errors.ts';
import { quote, runScript } from './command.ts';
import type { BoardConnection } from './connection.ts';

/**
 * Lets a key in on the board: adds its line to the user's `~/.ssh/authorized_keys`, once, however often it is called. Other lines stay
 * as they are. Throws `board.key-not-installed` with what the board said.
 *
 * @param publicKey the line for authorized_keys
 * @returns whether the line was added; false where the key was there already
 */
export async function installKey(
  connection: BoardConnection,
  publicKey: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const [kind, key] = publicKey.split(' ');
  const file = '"$HOME/.ssh/authorized_keys"';
  // The comment may differ: a key is known by its kind and value. A last line without its end is ended first.
  const script = [
    'umask 077',
    'mkdir -p "$HOME/.ssh"',
    `touch ${file}`,
    `if grep -qF ${quote(`${kind} ${key}`)} ${file}; then echo cortado-key:present; else ` +
      `if [ -n "$(tail -c 1 ${file})" ]; then echo >> ${file}; fi && ` +
      `printf '%s\\n' ${quote(publicKey)} >> ${file} && echo cortado-key:added; fi`,
  ].join(' && ');
  const { stdout, stderr, code } = await runScript(connection, script, { signal });
  if (stdout.includes('cortado-key:added')) return true;
  if (stdout.includes('cortado-key:present')) return false;
  throw new CortadoError(
    'board.key-not-installed',
    `The key could not be installed on the board (code ${code ?? 'none'})${stderr.trim() === '' ? '' : `: ${stderr.trim()}`}.`,
    'See that the user may write to the home folder on the board, then try again.',
  );
}
