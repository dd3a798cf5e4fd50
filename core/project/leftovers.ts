import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGE_FOLDER, REPORT_FOLDER, TABLE_FOLDER } from './layout.ts';

/** Removes files that a process began to write when it was killed: they were never given their name, so nobody knows them. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const place of ['.', 'results', TABLE_FOLDER, PACKAGE_FOLDER, REPORT_FOLDER]) {
    const names = await readdir(join(folder, place)).catch(() => [] as string[]);
    for (const name of names) {
      if (/^\..+\.[0-9a-f]{12}\.part$/.test(name)) await rm(join(folder, place, name), { force: true });
    }
  }
}
