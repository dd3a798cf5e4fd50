// Generates the TypeScript side of native/engine/schema/package.fbs: `npm run generate [-- FOLDER]`.
// Needs flatc of the FlatBuffers release that package.json pins (Debian: flatbuffers-compiler).
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const schema = fileURLToPath(new URL('../../../native/engine/schema/package.fbs', import.meta.url));
const folder = process.argv[2] ?? fileURLToPath(new URL('generated', import.meta.url));

rmSync(folder, { recursive: true, force: true });
execFileSync('flatc', ['--ts', '-o', folder, schema], { stdio: 'inherit' });

// The compiler's own imports would trip noUnusedLocals; its types stay visible to importers.
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  writeFileSync(path, `// @ts-nocheck\n${readFileSync(path, 'utf8')}`);
}
