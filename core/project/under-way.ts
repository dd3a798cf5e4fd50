import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { underWayPath } from './layout.ts';

/**
 * Notes which work has begun, so that whoever opens the project after a crash, or after the window was closed in the
 * middle, knows what was not finished. It stands when this returns, before anybody is told that the work has begun. Nothing
 * depends on it: where it cannot be written the work goes on.
 */
export function noteUnderWay(folder: string, work: string): void {
  const file = underWayPath(folder);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${work}\n`);
  } catch {
    // Then it is not offered again.
  }
}

/** The work has ended, however it ended. The note is gone when this returns, so that it is never the next work's that goes. */
export function forgetUnderWay(folder: string): void {
  try {
    rmSync(underWayPath(folder), { force: true });
  } catch {
    // Then it is offered once more.
  }
}

/** Work that began and did not end; undefined where there is none. */
export async function unfinishedWork(folder: string): Promise<string | undefined> {
  const text = await readFile(underWayPath(folder), 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
