import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CortadoError } from '../../common/errors.ts';
import { Project } from '../../project/project.ts';

const START = fileURLToPath(new URL('../../../electron/packaging/start.mjs', import.meta.url));

export function addAppCommand(program: Command): void {
  program
    .command('app')
    .description('opens the window, with a project where one is named')
    .argument('[project]', "a project's folder")
    .action(async (project?: string) => {
      // What is no project is said here, not after the window was built and started.
      const words = project === undefined ? [] : [(await Project.open(resolve(project))).folder];
      await start(words);
    });
}

/** Waits until the window is closed. What went wrong has been said by then, with what to do instead. */
function start(words: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    const app = spawn(process.execPath, [START, ...words], { stdio: 'inherit' });
    app.once('error', fail);
    app.once('exit', (code) => {
      if (code === 0) done();
      else fail(new CortadoError('app.not-started', 'The window could not be opened, or ended early.', 'See above.'));
    });
  });
}
