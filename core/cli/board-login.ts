import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../deploy/ssh/authentication.ts';
import type { HostKeyPolicy, HostKeyQuestion } from '../deploy/ssh/host-key.ts';
import { ask, askSecret, isInteractive, secretFromStdin } from './terminal.ts';

/** Flags of commands that log in to a board. */
export interface LoginFlags {
  readonly identity?: string;
  readonly passwordStdin?: true;
  readonly acceptHostKey?: string;
  readonly knownHosts?: string;
}

/** How the flags say to log in; what they do not say is asked for on the terminal. */
export async function credentials(flags: LoginFlags): Promise<Credentials> {
  const secret = flags.passwordStdin === true ? await secretFromStdin() : undefined;
  return {
    identityFile: flags.identity,
    password: flags.identity === undefined ? secret : undefined,
    askSecret: async ({ kind, text, attempt }) => {
      if (kind === 'passphrase' && secret !== undefined) return attempt === 1 ? secret : undefined;
      if (!isInteractive()) return undefined;
      return askSecret(text, 'Give it by standard input with --password-stdin, or use a key with --identity.');
    },
  };
}

/** Which host keys are taken: known ones, the one that the flags name, and on a terminal those that the user accepts. */
export function hostKeyPolicy(flags: LoginFlags): HostKeyPolicy {
  return {
    projectKnownHosts: flags.knownHosts,
    acceptHostKey: flags.acceptHostKey,
    ...(isInteractive() ? { askHostKey } : {}),
  };
}

async function askHostKey(question: HostKeyQuestion): Promise<boolean> {
  const answer = await ask(`${question.text} (yes/no) `);
  return /^y(es)?$/i.test(answer.trim());
}

/** Cortado's own known_hosts. */
export function defaultKnownHosts(): string {
  return join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'cortado', 'known_hosts');
}
