import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cortado-notices-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

interface FakePackage {
  readonly license: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly text?: string;
}

/** A repository with these npm packages locked, and those installed that are neither optional nor for development. */
function repository(packages: Readonly<Record<string, FakePackage>>): void {
  const entries: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(packages).map(([name, { license, dev, optional }]) => [
      `node_modules/${name}`,
      { version: '1.0.0', license, dev, optional },
    ]),
  );
  const dependencies = Object.fromEntries(
    Object.entries(packages)
      .filter(([, { dev }]) => dev !== true)
      .map(([name]) => [name, '1.0.0']),
  );
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': { dependencies }, ...entries } }));
  for (const [name, { license, dev, optional, text }] of Object.entries(packages)) {
    if (dev === true || optional === true) continue;
    const folder = join(root, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ license }));
    if (text !== undefined) writeFileSync(join(folder, 'LICENSE'), text);
  }
}

function notices(...options: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(process.execPath, ['.ci/notices.mjs', '--root', root, ...options], { encoding: 'utf8' });
}

test('the notices are found fresh after they were written, and stale after a dependency came', () => {
  repository({ one: { license: 'MIT', text: 'One licence' } });
  expect(notices('--check').status).toBe(1);
  expect(notices().status).toBe(0);
  expect(notices('--check').status).toBe(0);
  repository({ one: { license: 'MIT', text: 'One licence' }, two: { license: 'ISC', text: 'Another licence' } });
  const stale = notices('--check');
  expect(stale.status).toBe(1);
  expect(stale.stderr).toContain('npm run notices');
});

test('a copyleft dependency is refused by name, one for development is not', () => {
  repository({ tool: { license: 'GPL-3.0-only', dev: true }, fine: { license: '(GPL-2.0 OR MIT)', text: 'MIT' } });
  expect(notices().status).toBe(0);
  repository({ viral: { license: 'GPL-3.0-only', text: 'GPL' } });
  const refused = notices();
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain('viral 1.0.0 is under GPL-3.0-only');
});

test('a part of an AND that is not allowed refuses the whole', () => {
  repository({ mixed: { license: 'MIT AND AGPL-3.0-only', text: 'both' } });
  expect(notices().status).toBe(1);
});

test('an exception holds for the version that was looked at only', () => {
  repository({ '@img/sharp-libvips-linux-x64': { license: 'LGPL-3.0-or-later', optional: true } });
  expect(notices().stderr).toContain('@img/sharp-libvips-linux-x64 1.0.0 is under LGPL-3.0-or-later');
});

test('a package without a licence text is refused', () => {
  repository({ bare: { license: 'MIT' } });
  const refused = notices();
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain('bare has no licence file');
});
