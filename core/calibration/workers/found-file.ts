import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Found } from '../look.ts';

/**
 * Writes what a pass found for another process and returns the file's path. Histograms are megabytes each, which the line between
 * processes takes in many small pieces; a file that is read at once is in memory all the time, and several times as quick.
 */
export function writeFound(folder: string, found: Found): string {
  const file = join(folder, `${randomUUID()}.found`);
  writeFileSync(file, serialize(found));
  return file;
}

/** Reads what `writeFound` wrote, and removes it. */
export function takeFound(file: string): Found {
  const found = deserialize(readFileSync(file)) as Found;
  rmSync(file);
  return found;
}
