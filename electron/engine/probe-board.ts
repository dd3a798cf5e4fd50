import { join } from 'node:path';
import { CortadoError } from '../../core/common/errors.ts';
import type { LongCall } from '../../core/common/progress.ts';
import type { BoardAddress } from '../../core/deploy/address.ts';
import { callAgent } from '../../core/deploy/agent/remote-agent.ts';
import type { ProbeEvent } from '../../core/deploy/agent/events.ts';
import type { BoardArchitecture } from '../../core/deploy/architecture.ts';
import { install } from '../../core/deploy/board/install.ts';
import { describeFile } from '../../core/deploy/board/upload.ts';
import { Workspace } from '../../core/deploy/board/workspace.ts';
import { readBoardCatalogue, recogniseBoard } from '../../core/deploy/board-catalogue.ts';
import { learnNature } from '../../core/deploy/probe.ts';
import type { Credentials } from '../../core/deploy/ssh/authentication.ts';
import { BoardConnection } from '../../core/deploy/ssh/connection.ts';
import type { HostKeyPolicy } from '../../core/deploy/ssh/host-key.ts';
import { chooseVirtualBoard } from '../../core/deploy/virtual/choose.ts';
import { startVirtualBoard, type VirtualBoard } from '../../core/deploy/virtual/virtual-board.ts';
import type { BoardView } from '../shared/schemas/results.ts';
import type { StageView } from '../shared/schemas/stages.ts';
import { boardWarnings } from './board-warnings.ts';

export interface ProbeRequest extends LongCall {
  readonly board: BoardAddress;
  readonly credentials: Credentials;
  readonly hostKeys: HostKeyPolicy;
  readonly agentFor: (architecture: BoardArchitecture) => Promise<string>;
  readonly resources: string;
  readonly onLog: (text: string) => void;
  readonly onPart: (part: StageView['parts'][number]) => void;
}

/** Logs in, sends the agent, asks it what the board is, and leaves nothing there. Throws `ssh.…`, `board.…`. */
export async function probeBoard(request: ProbeRequest): Promise<Omit<BoardView, 'address'>> {
  let virtual: VirtualBoard | undefined;
  let connection: BoardConnection | undefined;
  let workspace: Workspace | undefined;
  const { signal, onPart } = request;
  const part = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    onPart({ name, status: 'running', detail: null });
    try {
      const result = await work();
      onPart({ name, status: 'done', detail: null });
      return result;
    } catch (error) {
      onPart({ name, status: 'failed', detail: null });
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
      recognised: await recognise(request.resources, nature.virtual, probe),
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
  { signal, onLog }: ProbeRequest,
): Promise<ProbeEvent> {
  let probe: ProbeEvent | undefined;
  await callAgent(connection, {
    ...call,
    words: ['probe'],
    signal,
    onEvent: (event) => {
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

async function recognise(resources: string, virtual: boolean, probe: ProbeEvent): Promise<string | null> {
  if (virtual) return 'virtual';
  const { model } = probe.system;
  if (model === null) return null;
  return recogniseBoard(await readBoardCatalogue(join(resources, 'boards')), model)?.id ?? null;
}
