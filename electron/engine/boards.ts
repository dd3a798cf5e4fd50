import { join } from 'node:path';
import { ACCELERATOR_BOARDS } from '../../core/build/fpga/parts.ts';
import { readBoardCatalogue } from '../../core/deploy/board-catalogue.ts';
import type { BoardDescriptionView } from '../shared/schemas/results.ts';

/** Every board that is known, with the accelerator that Cortado has for it. Throws what readBoardCatalogue throws. */
export async function listBoards(resources: string): Promise<BoardDescriptionView[]> {
  const boards = await readBoardCatalogue(join(resources, 'boards'));
  return boards.map((board) => {
    const target = ACCELERATOR_BOARDS.find((each) => each.board === board.id);
    return {
      ...structuredClone(board),
      accelerator: target === undefined ? null : { part: target.part.name, clockHz: target.clockHz },
    };
  });
}
