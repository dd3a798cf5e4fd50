import type * as Esbuild from 'esbuild';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bundles = new Map<string, string | undefined>();

/**
 * A module in TypeScript with all that it imports of ours as one file of JavaScript, which a process of Node starts several times
 * as quickly as module by module through a loader. It lies in `node_modules/.cache`, so that it finds packages, and is made anew
 * for every process that asks. Undefined where it cannot be made: packages that are there for development are not installed, or
 * the folder cannot be written to.
 */
export function bundleOf(entry: URL): string | undefined {
  const path = fileURLToPath(entry);
  if (!bundles.has(path)) bundles.set(path, writeBundle(path));
  return bundles.get(path);
}

function writeBundle(entry: string): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    const { buildSync } = require('esbuild') as typeof Esbuild;
    const built = buildSync({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      write: false,
      logLevel: 'silent',
    });
    const folder = join(dirname(require.resolve('esbuild/package.json')), '../.cache/cortado');
    const file = join(folder, `${basename(entry, '.ts')}.mjs`);
    writeIfOther(file, built.outputFiles[0].text);
    return file;
  } catch {
    return undefined;
  }
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
