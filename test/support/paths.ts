import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Real models and images; absent on machines that do not have them. */
export const testData = resolve(repositoryRoot, process.env.CORTADO_TEST_DATA ?? '../shared/data');
export const hasTestData = existsSync(join(testData, 'models.json'));

/** The script that boots emulated boards. */
export const boardScript = resolve(repositoryRoot, process.env.CORTADO_TEST_BOARDS ?? '../shared/boards', 'board.sh');
export const hasBoards = existsSync(boardScript);

export const sample = join(repositoryRoot, 'resources/sample');

/** A folder that is removed after the tests of this file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cortado-test-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
