import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { CortadoError, errorText } from '../../../common/errors.ts';
import { ProgressMeter, type LongCall } from '../../../common/progress.ts';

/** Lines of Vivado's output that an error quotes. */
const QUOTED_LINES = 12;
const NAMES = process.platform === 'win32' ? ['vivado.bat'] : ['vivado'];

/** Full path of Vivado by the PATH, or null. */
export async function findVivado(path = process.env.PATH ?? ''): Promise<string | null> {
  for (const folder of path.split(delimiter).filter((part) => part !== '')) {
    for (const name of NAMES) {
      const program = join(folder, name);
      try {
        await access(program, constants.X_OK);
        return program;
      } catch {
        continue;
      }
    }
  }
  return null;
}

/** What Vivado is asked to run: `-mode batch -source SCRIPT -tclargs …`. */
export function vivadoArguments(script: string, scriptArguments: readonly string[]): readonly string[] {
  return ['-mode', 'batch', '-nojournal', '-nolog', '-source', script, '-tclargs', ...scriptArguments];
}

export interface VivadoRun extends LongCall {
  readonly program: string;
  readonly script: string;
  readonly scriptArguments: readonly string[];
  /** Vivado leaves files where it runs. */
  readonly folder: string;
  readonly onLine?: ((line: string) => void) | undefined;
}

/**
 * Runs a script in Vivado; its lines "CORTADO_STEP n of m: what" become progress. When aborted, Vivado and what it started end, and
 * the signal's reason is thrown.
 * @throws CortadoError `vivado.start`, `vivado.failed`
 */
export async function runVivado(run: VivadoRun): Promise<void> {
  const { program, script, scriptArguments, folder, signal, onProgress, onLine } = run;
  signal?.throwIfAborted();
  const child = spawn(program, vivadoArguments(script, scriptArguments), {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, since Vivado is a shell script around the program proper.
    detached: process.platform !== 'win32',
  });
  const end = (): void => {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGTERM');
    else child.kill();
  };
  signal?.addEventListener('abort', end, { once: true });
  const last: string[] = [];
  let reason: string | undefined;
  const read = (line: string): void => {
    const step = /^CORTADO_STEP (\d+) of (\d+): (.+)$/.exec(line);
    if (step !== null)
      new ProgressMeter('building the bitstream', Number(step[2]), 'steps', onProgress).report(
        Number(step[1]) - 1,
        step[3],
      );
    reason ??= /^CORTADO_ERROR (.+)$/.exec(line)?.[1];
    last.push(line);
    if (last.length > QUOTED_LINES) last.shift();
    onLine?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', read);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    }).catch((cause: unknown) => {
      throw new CortadoError(
        'vivado.start',
        `Vivado could not be started: ${errorText(cause)}.`,
        'Start it by hand once, to see what it lacks.',
        { location: { file: program }, cause },
      );
    });
    signal?.throwIfAborted();
    if (code !== 0) throw failure(reason, last);
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

function failure(reason: string | undefined, last: readonly string[]): CortadoError {
  return new CortadoError(
    'vivado.failed',
    reason === undefined ? 'Vivado ended with an error.' : `Vivado could not build it: ${reason}.`,
    reason === undefined ? `Its last words:\n${last.join('\n')}` : 'The reports beside the project say more.',
  );
}
