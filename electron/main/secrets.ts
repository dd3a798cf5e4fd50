import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { writeFileAtomically } from '../../core/common/files.ts';
import { InOrder } from '../../core/common/in-order.ts';
import type { SecretName } from '../shared/messages.ts';

/** The part of Electron's safeStorage that is used here. */
export interface Cipher {
  isEncryptionAvailable(): boolean;
  /** Linux only, and not in older Electrons. */
  getSelectedStorageBackend?: () => string;
  encryptString(text: string): Buffer;
  decryptString(encrypted: Buffer): string;
}

export interface KeptSecret extends SecretName {
  readonly id: string;
}

const fileSchema = v.object({
  version: v.literal(1),
  secrets: v.record(
    v.string(),
    v.object({ kind: v.picklist(['password', 'passphrase']), subject: v.string(), encrypted: v.string() }),
  ),
});
type SecretFile = v.InferOutput<typeof fileSchema>;

/**
 * Passwords and passphrases, encrypted with a key that the system's keychain holds. Where there is no keychain (on Linux
 * Electron then offers `basic_text`, which hides nothing), secrets live in memory until the app ends.
 */
export class Secrets {
  private readonly writes = new InOrder();
  private readonly inMemory = new Map<string, SecretName & { readonly value: string }>();

  constructor(
    private readonly file: string,
    private readonly cipher: Cipher,
    private readonly platform: NodeJS.Platform = process.platform,
  ) {}

  /** Whether secrets outlive the app, and what keeps them. */
  state(): { readonly kept: boolean; readonly backend: string } {
    const available = this.cipher.isEncryptionAvailable();
    if (this.platform !== 'linux') return { kept: available, backend: available ? 'system' : 'none' };
    // An Electron that cannot tell which backend it chose may have chosen plain text.
    const backend = this.cipher.getSelectedStorageBackend?.() ?? 'unknown';
    return { kept: available && backend !== 'basic_text' && backend !== 'unknown', backend };
  }

  async read(name: SecretName): Promise<string | null> {
    const inMemory = this.inMemory.get(idOf(name));
    if (inMemory !== undefined) return inMemory.value;
    const { secrets } = await this.load();
    if (!this.state().kept || !Object.hasOwn(secrets, idOf(name))) return null;
    try {
      return this.cipher.decryptString(Buffer.from(secrets[idOf(name)].encrypted, 'base64'));
    } catch {
      // Encrypted by another keychain: of no use any more.
      return null;
    }
  }

  async keep(name: SecretName, value: string): Promise<void> {
    if (!this.state().kept) {
      this.inMemory.set(idOf(name), { ...name, value });
      return;
    }
    const encrypted = this.cipher.encryptString(value).toString('base64');
    await this.change((secrets) => ({ ...secrets, [idOf(name)]: { ...name, encrypted } }));
  }

  async list(): Promise<KeptSecret[]> {
    const { secrets } = await this.load();
    const all = [...Object.values(secrets), ...this.inMemory.values()];
    return all.map(({ kind, subject }) => ({ id: idOf({ kind, subject }), kind, subject }));
  }

  async forget(id: string): Promise<void> {
    this.inMemory.delete(id);
    await this.change((secrets) =>
      Object.hasOwn(secrets, id) ? Object.fromEntries(Object.entries(secrets).filter(([key]) => key !== id)) : secrets,
    );
  }

  /** Resolves when nothing is being written. */
  written(): Promise<void> {
    return this.writes.settled();
  }

  private async load(): Promise<SecretFile> {
    try {
      return v.parse(fileSchema, JSON.parse(await readFile(this.file, 'utf8')));
    } catch {
      return { version: 1, secrets: {} };
    }
  }

  private change(to: (secrets: SecretFile['secrets']) => SecretFile['secrets']): Promise<void> {
    return this.writes.run(async () => {
      const { secrets } = await this.load();
      const changed = to(secrets);
      if (changed === secrets) return;
      const content: SecretFile = { version: 1, secrets: changed };
      await writeFileAtomically(this.file, `${JSON.stringify(content, undefined, 2)}\n`);
    });
  }
}

export function idOf({ kind, subject }: SecretName): string {
  return `${kind}:${subject}`;
}
