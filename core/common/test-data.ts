import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Folder of the real models and reference outputs that tests read; not part of the repository. */
const folder = resolve(repository, process.env.CORTADO_TEST_DATA ?? '../shared/data');

/** Whether it is there; tests that want it skip where it is not. */
export const hasTestData = existsSync(resolve(folder, 'models.json'));

/** Path of a file or folder in it. */
export function testData(...parts: readonly string[]): string {
  return resolve(folder, ...parts);
}
