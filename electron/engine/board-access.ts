import { join } from 'node:path';
import { boardAddressText, parseBoardAddress, type BoardAddress } from '../../core/deploy/address.ts';
import type { Credentials, SecretQuestion } from '../../core/deploy/ssh/authentication.ts';
import type { HostKeyPolicy } from '../../core/deploy/ssh/host-key.ts';
import { configFolder } from '../../core/project/recent.ts';
import type { SecretName } from '../shared/messages.ts';
import type { MainSecrets } from './main-secrets.ts';
import type { Questions } from './questions.ts';

/** What connecting to a board needs: credentials, host keys, and what to do when it went well. */
export interface BoardLogin {
  readonly board: BoardAddress;
  readonly credentials: Credentials;
  readonly hostKeys: HostKeyPolicy;
  /** Keeps the secrets that the user wanted kept; call it once they were found to be right. */
  readonly succeeded: () => void;
}

/** Cortado's own list of host keys, beside which the user's is read. */
export function knownHostsFile(): string {
  return join(configFolder(), 'known_hosts');
}

/** Answers for boards: what the user is asked, what was kept from before. */
export class BoardAccess {
  constructor(
    private readonly questions: Questions,
    private readonly secrets: MainSecrets,
  ) {}

  login(address: string, identityFile: string | undefined, signal: AbortSignal): BoardLogin {
    const board = parseBoardAddress(address);
    const given = new Map<string, { readonly name: SecretName; readonly value: string }>();
    return {
      board,
      credentials: {
        identityFile,
        askSecret: (question) => this.askSecret(question, boardAddressText(board), identityFile, signal, given),
      },
      hostKeys: {
        projectKnownHosts: knownHostsFile(),
        askHostKey: ({ host, keyKind, fingerprint, knownKinds, text }) =>
          this.questions.hostKey({ host, keyKind, fingerprint, knownKinds: [...knownKinds], text }, signal),
      },
      succeeded: () => {
        for (const { name, value } of given.values()) this.secrets.keep(name, value);
      },
    };
  }

  /** What was kept is tried first; once it was wrong it is forgotten, and the user is asked. */
  private async askSecret(
    { kind, text, attempt }: SecretQuestion,
    address: string,
    identityFile: string | undefined,
    signal: AbortSignal,
    given: Map<string, { readonly name: SecretName; readonly value: string }>,
  ): Promise<string | undefined> {
    const subject = kind === 'passphrase' ? (identityFile ?? address) : address;
    const name = kind === 'answer' ? undefined : { kind, subject };
    if (name !== undefined && attempt === 1) {
      const kept = await this.secrets.read(name);
      if (kept !== null) return kept;
    }
    if (name !== undefined && attempt > 1) this.secrets.forget(name);
    const answer = await this.questions.secret({ secret: kind, subject, text, attempt }, signal);
    if (answer === undefined) return undefined;
    if (name !== undefined && answer.remember) given.set(kind, { name, value: answer.secret });
    else given.delete(kind);
    return answer.secret;
  }
}
