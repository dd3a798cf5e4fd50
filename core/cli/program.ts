import { Command, CommanderError } from 'commander';
import { CortadoError } from '../common/errors.ts';
import { addAddKeyCommand } from './commands/add-key.ts';
import { addAppCommand } from './commands/app.ts';
import { addBuildCommand } from './commands/build.ts';
import { addCalibrateCommand } from './commands/calibrate.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDeployCommand } from './commands/deploy.ts';
import { addDevicesCommand } from './commands/devices.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addForwardCommand } from './commands/forward.ts';
import { addInspectCommand } from './commands/inspect.ts';
import { addMergeCommand } from './commands/merge.ts';
import { addReportCommand } from './commands/report.ts';
import { addRunCommand } from './commands/run.ts';
import { VERSION } from '../common/version.ts';

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
/** As shells report a process that SIGINT ended. */
const EXIT_INTERRUPTED = 130;

/**
 * Runs one command line.
 *
 * @param args without the program's own name
 * @returns the exit code: 0 on success only, 2 for a wrong call, 130 after an interruption, 1 otherwise
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    await makeProgram(interruption.signal).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    return explain(error, interruption.signal.aborted);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function makeProgram(signal: AbortSignal): Command {
  const program = new Command('cortado')
    .description('Takes a Caffe network to an edge board: calibrate, build, deploy, measure.')
    .version(VERSION)
    .showHelpAfterError('(--help lists the options)')
    .exitOverride();
  addInspectCommand(program);
  addForwardCommand(program, signal);
  addCalibrateCommand(program, signal);
  addMergeCommand(program, signal);
  addDevicesCommand(program, signal);
  addEvaluateCommand(program, signal);
  addBuildCommand(program, signal);
  addRunCommand(program, signal);
  addDeployCommand(program, signal);
  addAddKeyCommand(program, signal);
  addReportCommand(program);
  addDemoCommand(program, signal);
  addAppCommand(program);
  return program;
}

/** Says on stderr what went wrong and returns the exit code. */
function explain(error: unknown, interrupted: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (interrupted) {
    process.stderr.write('Stopped on request; nothing was left half-written.\n');
    return EXIT_INTERRUPTED;
  }
  if (error instanceof CortadoError) {
    process.stderr.write(`Error: ${error.describe()}\n`);
    return error.code === 'cli.usage' ? EXIT_USAGE : EXIT_FAILURE;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`This is a defect of Cortado, not of your input. Please report it with these lines:\n${text}\n`);
  return EXIT_FAILURE;
}
