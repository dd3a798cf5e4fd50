import { addKeyToBoard } from '../../../core/deploy/add-key.ts';
import { parseBoardAddress } from '../../../core/deploy/address.ts';
import { forgetHostKeys, knownHostName } from '../../../core/deploy/ssh/known-hosts.ts';
import { usualKeyFile } from '../../../core/deploy/ssh/make-key.ts';
import type { Handlers } from '../../shared/answer-call.ts';
import type { EngineCallName } from '../../shared/ipc-schema.ts';
import type { BoardView } from '../../shared/schemas/results.ts';
import { knownHostsFile } from '../board-access.ts';
import { listBoards } from '../boards.ts';
import type { Engine } from '../engine.ts';
import { undecided } from '../project-session.ts';

/** Calls about boards: which there are, and the one of the project. */
export function boardQueries(
  engine: Engine,
  keyFile = usualKeyFile(),
): Handlers<Extract<EngineCallName, `${'boards' | 'board'}.${string}`>> {
  return {
    'boards.list': () => {
      const { resources, simulationFolder } = engine.project.session;
      return listBoards(resources, simulationFolder);
    },
    'boards.search': ({ on }) => {
      engine.nearby.look(on);
      return undefined;
    },
    'board.get': async () => (await engine.project.session.result<BoardView>('board')) ?? null,
    'board.forgetHostKey': async () => {
      const { address } = engine.project.session.project.decisions.board;
      const board = address === null ? undefined : parseBoardAddress(address);
      if (board?.kind !== 'ssh') return false;
      return (await forgetHostKeys(knownHostsFile(), knownHostName(board.host, board.port))) > 0;
    },
    'board.makeKey': async ({ passphrase }) => {
      const { session, boards } = engine.project;
      const { address } = session.project.decisions.board;
      if (address === null) throw undecided('a board', 'board');
      const { signal } = new AbortController();
      const { board, credentials, hostKeys, succeeded } = boards.login(address, undefined, signal);
      if (board.kind !== 'ssh') throw undecided('a board that is reached by SSH', 'board');
      const added = await addKeyToBoard({ board, credentials, hostKeys, keyFile, passphrase, signal });
      succeeded();
      return { file: keyFile, ...added };
    },
  };
}
