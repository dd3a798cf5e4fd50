import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CortadoError, errorText } from './errors.ts';

/**
 * Writes a whole file or nothing: to a temporary name in the same folder, flushed to the disk, then renamed. Folders on
 * the way are made. Throws `file.write` with the system's reason.
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new CortadoError(
      'file.write',
      `The file could not be written: ${errorText(cause)}.`,
      'Choose a folder that you may write to, with enough free space; nothing was changed.',
      { location: { file: path }, cause },
    );
  }
}
