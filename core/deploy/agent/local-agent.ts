import { spawn } from 'node:child_process';
import { CortadoError } from '../../common/errors.ts';
import { LineReader } from '../board/lines.ts';
import { BoundedText } from '../ssh/command.ts';
import { parseAgentLine, type AgentErrorEvent, type AgentEvent } from './events.ts';
import { agentFailure } from './remote-agent.ts';

export interface LocalAgentCall {
  /** Path of the agent on this computer. */
  readonly agent: string;
  /** Words before it: an emulator, or nothing. */
  readonly runner: readonly string[];
  readonly words: readonly string[];
  /** Added to this process's own. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: (event: AgentEvent) => void;
}

/**
 * Runs the agent on this computer and hands its events on as they come. Throws the agent's own error by its code, or
 * `agent.stopped`. Aborting ends the process; the promise then rejects with the signal's reason.
 */
export async function runLocalAgent(call: LocalAgentCall): Promise<void> {
  call.signal?.throwIfAborted();
  const [program, ...words] = [...call.runner, call.agent, ...call.words];
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...call.environment },
  });
  const end = (): void => {
    child.kill('SIGTERM');
  };
  call.signal?.addEventListener('abort', end, { once: true });
  const said = new BoundedText(64 * 1024);
  let failure: AgentErrorEvent | undefined;
  const stdout = new LineReader((line) => {
    const parsed = parseAgentLine(line);
    if (parsed.kind === 'other') return;
    if (parsed.event.event === 'error') failure = parsed.event;
    else call.onEvent(parsed.event);
  });
  child.stdout.on('data', (data: Buffer) => {
    stdout.push(data);
  });
  child.stderr.on('data', (data: Buffer) => {
    said.add(data);
  });
  const exit = await new Promise<string | number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  }).finally(() => call.signal?.removeEventListener('abort', end));
  stdout.end();
  call.signal?.throwIfAborted();
  if (failure !== undefined) throw agentFailure(failure);
  if (exit !== 0) {
    throw new CortadoError(
      'agent.stopped',
      `The agent on this computer stopped (${exit}) without saying why. ${said.text().trim()}`.trim(),
      'Build the agents again with "npm run setup"; if it happens twice, report it with these words.',
    );
  }
}
