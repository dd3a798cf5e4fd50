import { join } from 'node:path';
import { probeBoard } from '../../../core/deploy/probe-board.ts';
import type { BoardView } from '../../shared/schemas/results.ts';
import { undecided } from '../project-session.ts';
import type { Stage } from '../stage-context.ts';

/** Connects to the board and asks it what it is. */
export const probe: Stage = async (context): Promise<BoardView> => {
  const { session, boards, signal } = context;
  const { address, identityFile } = session.project.decisions.board;
  if (address === null) throw undecided('a board', 'board');
  const identity = identityFile === null ? undefined : session.project.pathOf(identityFile);
  const login = boards.login(address, identity, signal);
  const found = await probeBoard({
    ...login,
    agentFor: session.agentFor,
    boardsFolder: join(session.resources, 'boards'),
    signal,
    onProgress: context.onProgress,
    onLog: context.log,
    onPart: ({ name, status }) => {
      context.part({ name, status, detail: null });
    },
  });
  login.succeeded();
  found.warnings.forEach(context.warn);
  return { address, ...found, warnings: [...found.warnings] };
};
