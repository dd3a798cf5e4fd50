import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));

function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

it('the compiled charts are what the components give (npm run generate)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cortado-charts-'));
  try {
    execFileSync(process.execPath, [join(here, 'generate.mjs'), folder]);
    expect(filesOf(folder)).toEqual(filesOf(join(here, 'generated')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
