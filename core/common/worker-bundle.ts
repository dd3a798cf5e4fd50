import type * as Esbuild from 'esbuild';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bundles = new Map<string, string | undefined>();
const options = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  write: false,
  logLevel: 'silent',
} as const satisfies Esbuild.BuildOptions;

/**
 * A module in TypeScript with all that it imports of ours as one file of JavaScript, which a process of Node starts several times
 * as quickly as module by module through a loader. It lies in `node_modules/.cache`, so that it finds packages, and is made anew
 * for every process that asks. Undefined where it cannot be made: packages that are there for development are not installed, or
 * the folder cannot be written to.
 */
export function bundleOf(entry: URL): string | undefined {
  const path = fileURLToPath(entry);
  if (!bundles.has(path)) bundles.set(path, writtenBundle(path));
  return bundles.get(path);
}

/** Makes what `bundleOf` gives, while this process does something else. */
export async function prepareBundle(entry: URL): Promise<void> {
  const path = fileURLToPath(entry);
  if (bundles.has(path)) return;
  const file = await esbuild()
    .build({ ...options, entryPoints: [path] })
    .then(({ outputFiles: [{ text }] }) => writeBundle(path, text))
    .catch(() => undefined);
  bundles.set(path, file);
}

function writtenBundle(entry: string): string | undefined {
  try {
    const { outputFiles } = esbuild().buildSync({ ...options, entryPoints: [entry] });
    return writeBundle(entry, outputFiles[0].text);
  } catch {
    return undefined;
  }
}

function esbuild(): typeof Esbuild {
  return createRequire(import.meta.url)('esbuild') as typeof Esbuild;
}

function writeBundle(entry: string, text: string): string {
  const packages = dirname(createRequire(import.meta.url).resolve('esbuild/package.json'));
  const file = join(packages, '../.cache/cortado', `${basename(entry, '.ts')}.mjs`);
  writeIfOther(file, text);
  return file;
}

function writeIfOther(file: string, text: string): void {
  try {
    if (readFileSync(file, 'utf8') === text) return;
  } catch {
    mkdirSync(dirname(file), { recursive: true });
  }
  // Whole or not at all: other processes may read it.
  const part = `${file}.${process.pid}`;
  writeFileSync(part, text);
  renameSync(part, file);
}
