import { readFile, rm } from 'node:fs/promises';
import { writeFileAtomically } from '../common/files.ts';
import { underWayPath } from './layout.ts';

/**
 * Notes which work has begun, so that whoever opens the project after a crash, or after the window was closed in the
 * middle, knows what was not finished. Nothing depends on the note: where it cannot be written the work goes on.
 */
export async function noteUnderWay(folder: string, work: string): Promise<void> {
  await writeFileAtomically(underWayPath(folder), `${work}\n`).catch(() => undefined);
}

/** The work has ended, however it ended. */
export async function forgetUnderWay(folder: string): Promise<void> {
  await rm(underWayPath(folder), { force: true }).catch(() => undefined);
}

/** Work that began and did not end; undefined where there is none. */
export async function unfinishedWork(folder: string): Promise<string | undefined> {
  const text = await readFile(underWayPath(folder), 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
