import { CortadoError } from '../../common/errors.ts';
import { LineReader } from '../board/lines.ts';
import { PROCESS_FILE } from '../board/workspace.ts';
import { BoundedText, quote, shellCommand } from '../ssh/command.ts';
import type { BoardConnection } from '../ssh/connection.ts';
import { exitText } from '../ssh/remote-command.ts';
import type { CommandExit, RemoteCommand } from '../ssh/remote-command.ts';
import { whenStopped } from '../ssh/stopping.ts';
import { parseAgentLine } from './events.ts';
import type { AgentErrorEvent, AgentEvent } from './events.ts';

export interface AgentCall {
  /** The run's folder on the board. */
  readonly folder: string;
  /** The agent's path on the board. */
  readonly agent: string;
  /** Words before it: an emulator, or nothing. */
  readonly runner: readonly string[];
  readonly words: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: (event: AgentEvent) => void;
  /** What the agent or the shell said beside the protocol. */
  readonly onLog: (line: string) => void;
  /** Nothing was heard for so many seconds; called again while it lasts. */
  readonly onSilence: (seconds: number) => void;
}

const SILENCE_STEP_MS = 10_000;
/** The agent speaks every two seconds: after two minutes it hangs. */
const SILENCE_LIMIT_MS = 120_000;
/** From asking the agent to end until the board's guard is left to do it. */
const END_GRACE_MS = 3_000;

/**
 * Runs the agent and hands its events on as they come. Resolves when it ends with code 0; otherwise throws the agent's own error
 * by its code, or `board.agent-…`. Aborting asks the process to end before the promise rejects with the signal's reason.
 */
export async function callAgent(connection: BoardConnection, call: AgentCall): Promise<void> {
  call.signal?.throwIfAborted();
  const command = await connection.exec(shellCommand(startScript(call)));
  const said = new BoundedText(64 * 1024);
  let failure: AgentErrorEvent | undefined;
  let heardAt = performance.now();
  const stdout = new LineReader(
    (line) => {
      const parsed = parseAgentLine(line);
      if (parsed.kind === 'other') call.onLog(`The board sent ${parsed.reason}: ${line.slice(0, 200)}`);
      else if (parsed.event.event === 'error') failure = parsed.event;
      else call.onEvent(parsed.event);
    },
    () => {
      call.onLog('The board sent a line longer than 1 MiB; it was dropped.');
    },
  );
  const stderr = new LineReader(call.onLog);
  command.channel.on('data', (data: Buffer) => {
    heardAt = performance.now();
    stdout.push(data);
  });
  command.channel.stderr.on('data', (data: Buffer) => {
    heardAt = performance.now();
    said.add(data);
    stderr.push(data);
  });
  await untilClosed(connection, command, call, () => performance.now() - heardAt);
  stdout.end();
  stderr.end();
  connection.lost.throwIfAborted();
  if (failure !== undefined) throw agentFailure(failure);
  if (command.exit.code !== 0) throw abnormalExit(command.exit, said.text());
}

/** `exec` keeps the process id, so that the id in the file is the agent's own. */
function startScript(call: AgentCall): string {
  const program = [...call.runner, call.agent, ...call.words].map(quote).join(' ');
  return `echo $$ > ${quote(`${call.folder}/${PROCESS_FILE}`)}; cd ${quote(call.folder)}; exec ${program}`;
}

function untilClosed(
  connection: BoardConnection,
  command: RemoteCommand,
  call: AgentCall,
  silentFor: () => number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = 0;
    const watch = setInterval(() => {
      const silent = silentFor();
      if (silent < SILENCE_STEP_MS) {
        told = 0;
      } else if (silent >= SILENCE_LIMIT_MS) {
        stop(agentSilent());
      } else if (silent >= told + SILENCE_STEP_MS) {
        told = silent;
        call.onSilence(Math.round(silent / 1000));
      }
    }, 1_000);
    const finish = () => {
      clearInterval(watch);
      unwatch();
    };
    let reason: Error | undefined;
    const stop = (because: Error) => {
      reason = because;
      finish();
      // Servers before OpenSSH 7.9 know no signals; closing the channel breaks the agent's pipe, and the guard does the rest.
      command.channel.signal('TERM');
      const grace = setTimeout(() => {
        command.channel.close();
        reject(because);
      }, END_GRACE_MS);
      void command.closed.then(() => {
        clearTimeout(grace);
      });
    };
    const unwatch = whenStopped([call.signal, connection.lost], stop);
    void command.closed.then(() => {
      finish();
      if (reason === undefined) resolve();
      else reject(reason);
    });
  });
}

/** The agent's own refusal as an error. */
export function agentFailure(event: AgentErrorEvent): CortadoError {
  return new CortadoError(
    event.code,
    event.message,
    event.advice === '' ? 'See the log of the run for what came before.' : event.advice,
    { cause: event.detail },
  );
}

function agentSilent(): CortadoError {
  return new CortadoError(
    'board.agent-silent',
    'The agent on the board has said nothing for two minutes, though it speaks every two seconds.',
    'The board may be out of memory or its storage may hang: restart it and try again.',
  );
}

/** What an end without an error of the agent's own means. A shell reports a signal as 128 and its number. */
function abnormalExit(exit: CommandExit, stderr: string): CortadoError {
  const last = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  const quoted = last === '' ? '' : ` Its last words: ${last}`;
  const error = (code: string, message: string, advice: string) =>
    new CortadoError(code, `${message}${quoted}`, advice);
  if (exit.signal === 'SIGKILL' || exit.code === 137) {
    return error(
      'board.agent-killed',
      'The board killed the agent, most likely because memory ran out.',
      'Close other programs on the board, or build an int8 package, which needs a quarter of the memory.',
    );
  }
  if (exit.signal === 'SIGILL' || exit.code === 132) {
    return error(
      'board.illegal-instruction',
      "The board's processor does not know an instruction of the agent.",
      'Run with --backend reference, and report the processor named by the probe.',
    );
  }
  if (exit.code === 126 || exit.code === 127) {
    return error(
      'board.agent-not-started',
      'The board cannot start the agent.',
      'The agent may be built for another processor, or the folder must not hold programs (noexec).',
    );
  }
  return error(
    'board.agent-stopped',
    `The agent on the board stopped (${exitText(exit)}) without saying why.`,
    'Start again; if it happens twice, run the agent on the board by hand and look at its messages.',
  );
}
