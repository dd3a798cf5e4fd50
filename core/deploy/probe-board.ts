import { CortadoError } from '../common/errors.ts';
import type { LongCall } from '../common/progress.ts';
import type { BoardAddress } from './address.ts';
import { AgentProgress } from './agent/agent-progress.ts';
import { callAgent } from './agent/remote-agent.ts';
import type { ProbeEvent } from './agent/events.ts';
import type { BoardArchitecture } from './architecture.ts';
import { install } from './board/install.ts';
import { describeFile } from './board/upload.ts';
import { Workspace } from './board/workspace.ts';
import { readBoardCatalogue, recogniseBoard } from './board-catalogue.ts';
import { learnNature } from './probe.ts';
import type { Credentials } from './ssh/authentication.ts';
import { BoardConnection } from './ssh/connection.ts';
import type { HostKeyPolicy } from './ssh/host-key.ts';
import { chooseVirtualBoard } from './virtual/choose.ts';
import { startVirtualBoard, type VirtualBoard } from './virtual/virtual-board.ts';
import { boardWarnings } from './board-warnings.ts';

/** What a probe does, one after the other. */
export interface ProbePart {
  readonly name: 'connect' | 'upload' | 'probe';
  readonly status: 'running' | 'done' | 'failed';
}

/** What a board is. */
export interface ProbedBoard {
  /** Id of the description that fits; null where none does. */
  readonly recognised: string | null;
  readonly hostKey: { readonly type: string; readonly fingerprint: string };
  readonly virtual: boolean;
  readonly emulated: boolean;
  /** The agent's own words. */
  readonly probe: ProbeEvent;
  /** What will limit a run, in sentences, each with its remedy. */
  readonly warnings: readonly string[];
}

export interface ProbeRequest extends LongCall {
  readonly board: BoardAddress;
  readonly credentials: Credentials;
  readonly hostKeys: HostKeyPolicy;
  readonly agentFor: (architecture: BoardArchitecture) => Promise<string>;
  /** Folder of the descriptions of boards. */
  readonly boardsFolder: string;
  readonly onLog: (text: string) => void;
  readonly onPart: (part: ProbePart) => void;
}

/** Logs in, sends the agent, asks it what the board is, and leaves nothing there. Throws `ssh.…`, `board.…`. */
export async function probeBoard(request: ProbeRequest): Promise<ProbedBoard> {
  let virtual: VirtualBoard | undefined;
  let connection: BoardConnection | undefined;
  let workspace: Workspace | undefined;
  const { signal, onPart } = request;
  const part = async <T>(name: ProbePart['name'], work: () => Promise<T>): Promise<T> => {
    onPart({ name, status: 'running' });
    try {
      const result = await work();
      onPart({ name, status: 'done' });
      return result;
    } catch (error) {
      onPart({ name, status: 'failed' });
      throw error;
    }
  };
  try {
    if (request.board.kind === 'virtual') virtual = await startVirtualBoard(await chooseVirtualBoard(request.agentFor));
    const opened = await part('connect', () => connect(request, virtual));
    connection = opened;
    const nature = await learnNature(opened, signal);
    const place = await Workspace.open(opened, signal);
    workspace = place;
    const agent = await part('upload', async () => {
      const file = await describeFile(await request.agentFor(nature.architecture));
      const { onProgress } = request;
      const options = { file, name: 'cortado-agent', mode: 0o700, what: 'agent', keep: false, signal, onProgress };
      return install(opened, place.place, options);
    });
    const call = { folder: place.place.folder, agent: agent.path, runner: nature.runner };
    const probe = await part('probe', () => askAgent(opened, call, request));
    const { type, fingerprint } = opened.hostKey;
    return {
      recognised: await recognise(request.boardsFolder, nature.virtual, probe),
      hostKey: { type, fingerprint },
      virtual: nature.virtual,
      emulated: nature.emulated,
      probe,
      warnings: boardWarnings(probe),
    };
  } finally {
    await workspace?.remove();
    await connection?.close();
    await virtual?.close();
  }
}

function connect(request: ProbeRequest, virtual: VirtualBoard | undefined): Promise<BoardConnection> {
  const { board, credentials, hostKeys, signal } = request;
  if (virtual !== undefined) {
    const ownKey = { acceptHostKey: virtual.hostKey, userKnownHosts: null };
    const { address, password } = virtual;
    return BoardConnection.open({ address, credentials: { password }, hostKeys: ownKey, signal });
  }
  if (board.kind === 'virtual') throw new Error('a virtual board without its server');
  return BoardConnection.open({ address: board, credentials, hostKeys, signal });
}

async function askAgent(
  connection: BoardConnection,
  call: { readonly folder: string; readonly agent: string; readonly runner: readonly string[] },
  { signal, onLog, onProgress }: ProbeRequest,
): Promise<ProbeEvent> {
  let probe: ProbeEvent | undefined;
  const progress = new AgentProgress((each) => onProgress?.(each));
  await callAgent(connection, {
    ...call,
    words: ['probe'],
    signal,
    onEvent: (event) => {
      progress.hear(event);
      if (event.event === 'probe') probe = event;
    },
    onLog,
    onSilence: (seconds) => {
      onLog(`The board has said nothing for ${seconds} seconds.`);
    },
  });
  if (probe !== undefined) return probe;
  throw new CortadoError(
    'board.agent-incomplete',
    'The agent ended without having said what the board is.',
    'Try again; if it stays so, report it with the copied details.',
  );
}

async function recognise(boardsFolder: string, virtual: boolean, probe: ProbeEvent): Promise<string | null> {
  if (virtual) return 'virtual';
  const { model } = probe.system;
  if (model === null) return null;
  return recogniseBoard(await readBoardCatalogue(boardsFolder), model)?.id ?? null;
}
