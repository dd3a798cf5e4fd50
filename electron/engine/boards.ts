import { join } from 'node:path';
import { ACCELERATOR_BOARDS } from '../../core/build/fpga/parts.ts';
import { readBoardCatalogue } from '../../core/deploy/board-catalogue.ts';
import { hasSimulation } from '../../core/deploy/virtual/simulated-accelerator.ts';
import type { BoardDescriptionView } from '../shared/schemas/results.ts';

/** Every board that is known, with the accelerator that Cortado has for it. Throws what readBoardCatalogue throws. */
export async function listBoards(resources: string, simulationFolder: string): Promise<BoardDescriptionView[]> {
  const boards = await readBoardCatalogue(join(resources, 'boards'));
  return Promise.all(
    boards.map(async (board) => {
      const target = ACCELERATOR_BOARDS.find((each) => each.board === board.id);
      if (target === undefined) return { ...structuredClone(board), accelerator: null };
      const simulated = await hasSimulation(simulationFolder, board.id);
      return { ...structuredClone(board), accelerator: { part: target.part.name, clockHz: target.clockHz, simulated } };
    }),
  );
}
