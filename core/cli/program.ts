import { Command, CommanderError } from 'commander';
import { CortadoError } from '../common/errors.ts';
import { VERSION } from '../common/version.ts';

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
/** As shells report a process that SIGINT ended. */
const EXIT_INTERRUPTED = 130;

type AddCommand = (program: Command, signal: AbortSignal) => void;

/**
 * By name, in the order of the help. Each is loaded when it is called: the libraries of all of them take longer to load than
 * some commands to run.
 */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  inspect: async () => (await import('./commands/inspect.ts')).addInspectCommand,
  forward: async () => (await import('./commands/forward.ts')).addForwardCommand,
  calibrate: async () => (await import('./commands/calibrate.ts')).addCalibrateCommand,
  merge: async () => (await import('./commands/merge.ts')).addMergeCommand,
  devices: async () => (await import('./commands/devices.ts')).addDevicesCommand,
  evaluate: async () => (await import('./commands/evaluate.ts')).addEvaluateCommand,
  build: async () => (await import('./commands/build.ts')).addBuildCommand,
  run: async () => (await import('./commands/run.ts')).addRunCommand,
  deploy: async () => (await import('./commands/deploy.ts')).addDeployCommand,
  'add-key': async () => (await import('./commands/add-key.ts')).addAddKeyCommand,
  report: async () => (await import('./commands/report.ts')).addReportCommand,
  demo: async () => (await import('./commands/demo.ts')).addDemoCommand,
  app: async () => (await import('./commands/app.ts')).addAppCommand,
};

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
    const program = await makeProgram(args, interruption.signal);
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    return explain(error, interruption.signal.aborted);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** With the command that is called; with all of them where it is none, for the help and for what may have been meant. */
async function makeProgram(args: readonly string[], signal: AbortSignal): Promise<Command> {
  const program = new Command('cortado')
    .description('Takes a Caffe network to an edge board: calibrate, build, deploy, measure.')
    .version(VERSION)
    .showHelpAfterError('(--help lists the options)')
    .exitOverride();
  const [name] = args;
  const called = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
  for (const load of called) (await load())(program, signal);
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
