import { CortadoError } from '../common/errors.ts';
import type { AgentEvent } from './agent/events.ts';
import { callAgent } from './agent/remote-agent.ts';
import type { AgentCall } from './agent/remote-agent.ts';
import type { BoardRun, RunSettings } from './board-run.ts';
import type { BoardConnection } from './ssh/connection.ts';
import type { StageBoard } from './stages.ts';

/** The agent's part of a BoardRun. */
export type RunRecord = Pick<
  BoardRun,
  'loaded' | 'fallback' | 'verified' | 'conditions' | 'layers' | 'outputs' | 'done'
>;

type Collected = { -readonly [Key in keyof RunRecord]?: RunRecord[Key] };

export interface RunRequest extends Pick<AgentCall, 'folder' | 'agent' | 'runner' | 'signal' | 'onLog' | 'onSilence'> {
  /** All paths are the board's. */
  readonly packagePath: string;
  readonly input: string | undefined;
  readonly bitstream?: string | undefined;
  readonly output: string | undefined;
  readonly settings: RunSettings;
  readonly onEvent: (event: AgentEvent) => void;
}

/** Runs a package on the board and gathers what the agent says. `verify` must be the current stage; ends in `collect`. */
export async function runPackage(
  connection: BoardConnection,
  request: RunRequest,
  stages: StageBoard,
): Promise<RunRecord> {
  const collected: Collected = { conditions: [], fallback: null, layers: null, outputs: [] };
  await callAgent(connection, {
    ...request,
    words: words(request),
    onEvent: (event) => {
      take(collected, event);
      if (event.event === 'verified') stages.begin('run');
      if (event.event === 'done') stages.begin('collect');
      request.onEvent(event);
    },
  });
  const { loaded, verified, done, conditions = [], fallback = null, layers = null, outputs = [] } = collected;
  if (loaded === undefined || verified === undefined || done === undefined) {
    const absent = Object.entries({ loaded, verified, done }).filter(([, event]) => event === undefined);
    throw new CortadoError(
      'board.agent-incomplete',
      `The agent ended without having said: ${absent.map(([name]) => name).join(', ')}.`,
      'The agent on the board may be of another version; start again without kept files.',
    );
  }
  return { loaded, fallback, verified, done, conditions, layers, outputs };
}

function words({ packagePath, input, bitstream, output, settings }: RunRequest): readonly string[] {
  const { backend, threads, warmup, iterations, profile } = settings;
  return [
    ...['run', packagePath, '--backend', backend],
    ...(threads === undefined ? [] : ['--threads', String(threads)]),
    ...['--warmup', String(warmup), '--iterations', String(iterations)],
    ...(input === undefined ? [] : ['--input', input]),
    ...(bitstream === undefined ? [] : ['--bitstream', bitstream]),
    ...(output === undefined ? [] : ['--output', output]),
    ...(profile ? ['--profile'] : []),
  ];
}

function take(collected: Collected, event: AgentEvent): void {
  switch (event.event) {
    case 'loaded':
      collected.loaded = event;
      break;
    case 'fallback':
      collected.fallback = event;
      break;
    case 'verified':
      collected.verified = event;
      break;
    case 'conditions':
      collected.conditions = [...(collected.conditions ?? []), event];
      break;
    case 'layers':
      collected.layers = event;
      break;
    case 'output':
      collected.outputs = [...(collected.outputs ?? []), event];
      break;
    case 'done':
      collected.done = event;
      break;
    default:
      break;
  }
}
