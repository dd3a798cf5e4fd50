import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What stands for a file that is not there. */
export const MISSING = 'missing';

/** SHA-256 of a value's JSON. Keys keep their order, so equal values must be made the same way. */
export function hashOf(value: string | object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Hashes files by their content, each once until its size or time changes. */
export class FileHasher {
  private readonly known = new Map<string, { readonly stamp: string; readonly hash: string }>();

  /** SHA-256 of the content, or `missing`. Null (nothing chosen) is `none`. */
  async hashFile(path: string | null): Promise<string> {
    if (path === null) return 'none';
    const status = await stat(path).catch(() => undefined);
    if (status?.isFile() !== true) return MISSING;
    const stamp = `${status.size} ${status.mtimeMs}`;
    const known = this.known.get(path);
    if (known?.stamp === stamp) return known.hash;
    const hash = createHash('sha256');
    try {
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    } catch {
      return MISSING;
    }
    const digest = hash.digest('hex');
    this.known.set(path, { stamp, hash: digest });
    return digest;
  }

  /** Of a folder: names, sizes and times of its files, since reading thousands of pictures would take too long; of a file: its content. */
  async hashFolder(path: string | null): Promise<string> {
    if (path === null) return 'none';
    const status = await stat(path).catch(() => undefined);
    if (status === undefined) return MISSING;
    if (!status.isDirectory()) return this.hashFile(path);
    const entries: string[] = [];
    await collect(path, '', entries);
    return hashOf(entries.sort());
  }
}

async function collect(root: string, folder: string, entries: string[]): Promise<void> {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      await collect(root, name, entries);
      continue;
    }
    const status = await stat(join(root, name)).catch(() => undefined);
    if (status?.isFile() === true) entries.push(`${name} ${status.size} ${Math.round(status.mtimeMs)}`);
  }
}
