import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CortadoError } from '../../common/errors.ts';
import { hostText } from '../address.ts';
import type { SshAddress } from '../address.ts';
import {
  judgeHostKey,
  keyTypeOf,
  knownHostName,
  knownKeyTypes,
  readKnownHosts,
  rememberHostKey,
} from './known-hosts.ts';
import type { KnownHost } from './known-hosts.ts';

/** What is put to the user when a host shows a key that nobody has seen. */
export interface HostKeyQuestion {
  /** `192.168.1.20` or `192.168.1.20:2222`. */
  readonly host: string;
  /** `ED25519`, `RSA`, `ECDSA`. */
  readonly keyKind: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** Kinds of key under which the host is known already; then a new kind deserves a closer look. */
  readonly knownKinds: readonly string[];
  /** The whole question in words. */
  readonly text: string;
}

/** How host keys are decided on. */
export interface HostKeyPolicy {
  /** The file that accepted keys are added to; without one they hold for this connection only. */
  readonly projectKnownHosts?: string | undefined;
  /** Read, never written. Default: `~/.ssh/known_hosts`; `null` for none. */
  readonly userKnownHosts?: string | null | undefined;
  /** The one fingerprint (`SHA256:…`) that is accepted without asking where the key is unknown. */
  readonly acceptHostKey?: string | undefined;
  /** Asked where the key is unknown and `acceptHostKey` is absent; without it such a key is refused. */
  readonly askHostKey?: ((question: HostKeyQuestion) => Promise<boolean>) | undefined;
}

/** The key that a board showed and how it was found to be right. */
export interface AcceptedHostKey {
  readonly type: string;
  readonly fingerprint: string;
  readonly standing: 'known' | 'accepted';
}

/** `SHA256:` and the digest in base64 without padding. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Decides on one host's key by the known_hosts files, the user's answer, or a fingerprint given beforehand. */
export class HostKeyJudge {
  private constructor(
    private readonly address: SshAddress,
    private readonly policy: HostKeyPolicy,
    private readonly entries: readonly KnownHost[],
  ) {}

  static async create(address: SshAddress, policy: HostKeyPolicy): Promise<HostKeyJudge> {
    const user = policy.userKnownHosts === undefined ? join(homedir(), '.ssh', 'known_hosts') : policy.userKnownHosts;
    const files = [policy.projectKnownHosts, user].filter((file) => typeof file === 'string');
    const entries = (await Promise.all(files.map(readKnownHosts))).flat();
    return new HostKeyJudge(address, policy, entries);
  }

  /** Key types on file for this host; asking for them first avoids a question about a key of another type. */
  get knownTypes(): readonly string[] {
    return knownKeyTypes(this.entries, this.name);
  }

  /** Returns how the key was accepted, or throws `ssh.host-key-…`. */
  async decide(key: Buffer): Promise<AcceptedHostKey> {
    const type = keyTypeOf(key) ?? 'unknown';
    const fingerprint = fingerprintOf(key);
    const standing = judgeHostKey(this.entries, this.name, key);
    switch (standing.kind) {
      case 'known':
        return { type, fingerprint, standing: 'known' };
      case 'changed':
        throw this.changed(fingerprint, type, standing.entry);
      case 'revoked':
        throw new CortadoError(
          'ssh.host-key-revoked',
          `The host key of ${this.host} is marked as revoked.`,
          'Do not use this board before whoever revoked the key says that it is safe.',
          { location: { file: standing.entry.file, line: standing.entry.line } },
        );
      case 'unknown':
        await this.acceptUnknown(type, fingerprint, standing.others);
        if (this.policy.projectKnownHosts !== undefined) {
          await rememberHostKey(this.policy.projectKnownHosts, this.name, key);
        }
        return { type, fingerprint, standing: 'accepted' };
    }
  }

  private async acceptUnknown(type: string, fingerprint: string, others: readonly string[]): Promise<void> {
    const { acceptHostKey, askHostKey } = this.policy;
    if (acceptHostKey !== undefined) {
      if (acceptHostKey.replace(/=+$/, '') === fingerprint) return;
      throw new CortadoError(
        'ssh.host-key-mismatch',
        `${this.host} shows the host key ${fingerprint}, not the one that you said to accept.`,
        'Look the fingerprint up on the board itself (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) and give that one.',
      );
    }
    const question = this.question(type, fingerprint, others);
    if (askHostKey === undefined) {
      throw new CortadoError(
        'ssh.host-key-unknown',
        `The host key of ${this.host} is not known yet; its fingerprint is ${fingerprint} (${question.keyKind}).`,
        `Compare it with the board's own, then connect again with --accept-host-key ${fingerprint}.`,
      );
    }
    if (await askHostKey(question)) return;
    throw new CortadoError(
      'ssh.host-key-refused',
      `The host key of ${this.host} was not accepted.`,
      'Connect again when you know the fingerprint of the board.',
    );
  }

  private question(type: string, fingerprint: string, others: readonly string[]): HostKeyQuestion {
    const keyKind = kindOf(type);
    const knownKinds = others.map(kindOf);
    const before =
      knownKinds.length === 0
        ? `This is the first connection to ${this.host}.`
        : `${this.host} is known with another kind of key (${knownKinds.join(', ')}), and shows a new one now.`;
    const text = `${before} Its ${keyKind} key has the fingerprint ${fingerprint}. Is that the board you mean?`;
    return { host: this.host, keyKind, fingerprint, knownKinds, text };
  }

  private changed(fingerprint: string, type: string, entry: KnownHost): CortadoError {
    return new CortadoError(
      'ssh.host-key-changed',
      `${this.host} shows another ${kindOf(type)} host key (${fingerprint}) than the one on file (${fingerprintOf(entry.key)}).`,
      `If the board was set up anew, remove line ${entry.line} of ${entry.file} and connect again; if not, another machine may be answering in its place.`,
      { location: { file: entry.file, line: entry.line } },
    );
  }

  private get name(): string {
    return knownHostName(this.address.host, this.address.port);
  }

  private get host(): string {
    return hostText(this.address);
  }
}

function kindOf(type: string): string {
  if (type.startsWith('ecdsa-')) return 'ECDSA';
  return type.replace(/^ssh-/, '').toUpperCase();
}
