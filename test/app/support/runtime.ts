import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Folder of the Electron runtime that the tests start: the one that ELECTRON_OVERRIDE_DIST_PATH names, the one that npm's
 * package has downloaded, or what the script beside the test data provides. Undefined where there is none, or on systems
 * without Xvfb.
 */
export function electronRuntime(): string | undefined {
  if (process.platform !== 'linux' || !onPath('Xvfb')) return undefined;
  const packaged = join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist');
  const found = [process.env.ELECTRON_OVERRIDE_DIST_PATH, packaged].find(
    (path) => path !== undefined && path !== '' && existsSync(join(path, 'electron')),
  );
  return found ?? provided();
}

function provided(): string | undefined {
  const data = resolve(ROOT, process.env.CORTADO_TEST_DATA ?? '../shared/data');
  const script = join(data, '..', 'electron', 'provide-electron.sh');
  if (!existsSync(script)) return undefined;
  // It may want the system's package manager, which another test's call of it has locked.
  for (let tries = 0; tries < 5; tries++) {
    try {
      return execFileSync('bash', [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
        .trim()
        .split('\n')
        .at(-1);
    } catch {
      execFileSync('sleep', ['3']);
    }
  }
  return undefined;
}

function onPath(command: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, command)));
}
