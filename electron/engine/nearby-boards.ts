import { findBoards, type BoardSearch } from '../../core/deploy/find-boards.ts';
import type { Tell } from './tell.ts';

/** The search for boards in the local network: only while the window wants it. */
export class NearbyBoards {
  private search: BoardSearch | undefined;

  constructor(private readonly tell: Tell) {}

  /** Starts anew, or ends. */
  look(on: boolean): void {
    this.search?.stop();
    this.search = undefined;
    if (!on) return;
    this.search = findBoards((boards) => {
      this.tell(
        'boards.found',
        boards.map((board) => ({ ...board })),
      );
    });
  }
}
