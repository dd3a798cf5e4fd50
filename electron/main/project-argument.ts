import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROJECT_FILE } from '../../core/project/layout.ts';

/** The project that the command line names: the last word that is a project's folder. Undefined where none is. */
export function projectArgument(argv: readonly string[]): string | undefined {
  return argv
    .slice(1)
    .filter((word) => !word.startsWith('-'))
    .map((word) => resolve(word))
    .findLast((folder) => existsSync(join(folder, PROJECT_FILE)));
}
