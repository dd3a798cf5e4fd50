import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleOf, prepareBundle } from './worker-bundle.ts';
import { workerV8Flags, type WorkerLauncher, type WorkerListener, type WorkerProcess } from './worker-process.ts';

/** How much of what a worker printed last is kept, to explain its end. */
const KEPT_OUTPUT = 2000;
const MOST_REASON = 200;

/**
 * Launches workers as child processes of Node.
 *
 * @param entry the module that they run; TypeScript too
 * @param environment variables that they have beside this process's own
 */
export function forkLauncher(entry: URL, environment: NodeJS.ProcessEnv = {}): WorkerLauncher {
  const isTypeScript = entry.pathname.endsWith('.ts');
  const launch = (listener: WorkerListener): WorkerProcess => {
    const bundle = isTypeScript ? bundleOf(entry) : undefined;
    const child = fork(bundle ?? fileURLToPath(entry), [], {
      serialization: 'advanced',
      execArgv: [...workerV8Flags, ...(bundle === undefined ? argumentsFor(entry) : [])],
      env: { ...process.env, ...environment },
      // What native libraries print is kept for the reason alone.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let printed = '';
    let failure: string | undefined;
    child.stderr?.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-KEPT_OUTPUT);
    });
    child.on('message', (message) => {
      listener.message(message);
    });
    // It could not be started, or a message could not be sent: its end says the rest.
    child.on('error', (error) => {
      failure = error.message;
      if (child.pid === undefined) listener.exit(`could not be started: ${error.message}`);
    });
    child.on('close', (code, signal) => {
      if (child.pid === undefined) return;
      const end = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
      const reason = lastLine(printed) ?? failure;
      listener.exit(reason === undefined ? end : `${end}: ${reason}`);
    });
    return {
      send: (message) => {
        if (child.connected) child.send(message as object, () => undefined);
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
  return isTypeScript ? Object.assign(launch, { prepare: () => prepareBundle(entry) }) : launch;
}

/** Unbundled TypeScript needs its loader, with which this process may have been started or not. */
function argumentsFor(entry: URL): string[] {
  if (!entry.pathname.endsWith('.ts')) return [];
  const own = process.execArgv.filter((argument) => !argument.startsWith('--inspect'));
  if (own.some((argument) => argument.includes('tsx'))) return own;
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}

function lastLine(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.findLast((line) => line !== '')?.slice(0, MOST_REASON);
}
