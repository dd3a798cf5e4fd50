import { realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';

/** Keeps file requests inside one folder, symbolic links included. */
export class ConfinedFolder {
  private constructor(readonly root: string) {}

  static async create(root: string): Promise<ConfinedFolder> {
    return new ConfinedFolder(await realpath(root));
  }

  /** The path as the system has it; a relative one starts at the root. Throws EACCES for what lies outside. */
  async path(requested: string): Promise<string> {
    const absolute = resolve(this.root, requested);
    if (absolute === this.root) return absolute;
    // The parent must exist; the last part is left alone, so that a link itself can be renamed or removed.
    const parent = await realpath(dirname(absolute));
    const actual = join(parent, absolute.slice(dirname(absolute).length));
    this.check(actual);
    return actual;
  }

  /** As `path`, with links followed in the last part too, for what opens files. */
  async target(requested: string): Promise<string> {
    const actual = await this.path(requested);
    const followed = await realpath(actual).catch(() => actual);
    this.check(followed);
    return followed;
  }

  private check(actual: string): void {
    if (actual !== this.root && !actual.startsWith(this.root + sep)) {
      throw Object.assign(new Error('outside of the board'), { code: 'EACCES' });
    }
  }
}
