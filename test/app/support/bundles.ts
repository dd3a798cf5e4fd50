import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildApp } from '../../../electron/packaging/build.mjs';
import { ROOT } from './runtime.ts';

const OUTPUT = join(ROOT, 'build', 'app-window-test');
const STAMP = join(OUTPUT, 'made-from');
const LOCK = `${OUTPUT}.lock`;
/** Milliseconds after which a lock is that of a run that was ended. */
const OLD_LOCK = 180_000;

/** Folder of the app with its own page, built once for all test files, and anew when a source has changed. */
export async function windowBundles(): Promise<string> {
  const wanted = await stampOfSources();
  await lock();
  try {
    const made = await readFile(STAMP, 'utf8').catch(() => '');
    if (made !== wanted) {
      await buildApp({ output: OUTPUT });
      await writeFile(STAMP, wanted);
    }
    return OUTPUT;
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
}

/** Made of the names, sizes and times of all that is built from. */
async function stampOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const files = [join(ROOT, 'package-lock.json')];
  for (const folder of ['core', 'electron', 'renderer']) {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    files.push(...names.sort().map((name) => join(ROOT, folder, name)));
  }
  for (const file of files) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

async function lock(): Promise<void> {
  await mkdir(join(ROOT, 'build'), { recursive: true });
  for (;;) {
    try {
      await mkdir(LOCK);
      return;
    } catch {
      const status = await stat(LOCK).catch(() => undefined);
      if (status !== undefined && Date.now() - status.mtimeMs > OLD_LOCK) await rm(LOCK, { recursive: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
