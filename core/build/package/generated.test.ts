import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const compiler = spawnSync('flatc', ['--version'], { encoding: 'utf8' });
/** Another release may write the same schema differently. */
const hasPinnedCompiler = compiler.status === 0 && compiler.stdout.includes('2.0.8');

function filesOf(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe.skipIf(!hasPinnedCompiler)('the generated code', () => {
  it('is what the schema gives (npm run generate)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cortado-generated-'));
    try {
      execFileSync(process.execPath, [join(here, 'generate.mjs'), folder]);
      expect(filesOf(folder)).toEqual(filesOf(join(here, 'generated')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
