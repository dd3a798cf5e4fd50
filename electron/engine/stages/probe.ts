import type { BoardView } from '../../shared/schemas/results.ts';
import { probeBoard } from '../probe-board.ts';
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
    resources: session.resources,
    signal,
    onProgress: context.onProgress,
    onLog: context.log,
    onPart: context.part,
  });
  login.succeeded();
  found.warnings.forEach(context.warn);
  return { address, ...found };
};
