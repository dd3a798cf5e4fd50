import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CortadoError } from '../common/errors.ts';
import type { Progress, ProgressListener } from '../common/progress.ts';

/** Milliseconds between two lines of progress where stderr is a file or a pipe. */
const PIPE_INTERVAL = 5000;

/** Shows progress on stderr: one line that is rewritten on a terminal, a line now and then elsewhere. */
export function progressOnStderr(): ProgressListener {
  let lastLine = 0;
  return (progress) => {
    const finished = progress.total > 0 && progress.done >= progress.total;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001B[K${progressText(progress)}${finished ? '\n' : ''}`);
      return;
    }
    const now = Date.now();
    if (!finished && now - lastLine < PIPE_INTERVAL) return;
    lastLine = now;
    process.stderr.write(`${progressText(progress)}\n`);
  };
}

/** `calibrating: 12 of 200 pictures, 8 s to go`. */
export function progressText(progress: Progress): string {
  const count = progress.total > 0 ? `${progress.done} of ${progress.total}` : String(progress.done);
  const left =
    progress.secondsLeft === undefined || progress.done >= progress.total
      ? ''
      : `, ${Math.ceil(progress.secondsLeft)} s to go`;
  const detail = progress.detail === undefined ? '' : ` (${progress.detail})`;
  return `${progress.stage}: ${count} ${progress.unit}${left}${detail}`;
}

/** A note for the person at the terminal; stdout stays free for results. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A result on stdout. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** For JSON.stringify: JSON has no infinity, which a layer without any error has for its SQNR. */
export function finiteNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks on the terminal; the answer is shown while it is typed. */
export async function ask(question: string): Promise<string> {
  return readLine(question, process.stderr);
}

/** Asks for a secret on the terminal without showing it. Throws `cli.no-terminal` where there is none. */
export async function askSecret(question: string, otherwise: string): Promise<string> {
  if (!isInteractive()) {
    throw new CortadoError('cli.no-terminal', `${question} cannot be asked: there is no terminal.`, otherwise);
  }
  process.stderr.write(`${question}: `);
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const answer = await readLine('', silent);
  process.stderr.write('\n');
  return answer;
}

/** The first line of standard input, without its line end. Throws `cli.empty-stdin` where there is none. */
export async function secretFromStdin(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  throw new CortadoError(
    'cli.empty-stdin',
    '--password-stdin was given, but standard input is empty.',
    'Pipe the password in, for example: printf %s "$PASSWORD" | cortado deploy … --password-stdin',
  );
}

async function readLine(question: string, output: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
