import { describe, expect, it } from 'vitest';
import type { BoardDescriptionView } from '../../../electron/shared/schemas/results.ts';
import { boardGroups } from './board-groups.ts';

function board(id: string, change: Partial<BoardDescriptionView> = {}): BoardDescriptionView {
  return { id, name: id, kind: 'board', cores: [], notes: [], accelerator: null, ...change } as BoardDescriptionView;
}

describe('the groups of boards', () => {
  it('put the commonest first, and each board where its kind is', () => {
    const fpga = { part: 'xc7z020clg400-1' } as unknown as NonNullable<BoardDescriptionView['fpga']>;
    const groups = boardGroups([
      board('a-board'),
      board('zedboard', { fpga }),
      board('raspberry-pi-4'),
      board('virtual', { kind: 'virtual' }),
      board('raspberry-pi-5'),
      board('generic-aarch64', { kind: 'generic' }),
    ]);
    expect(groups.map(({ name, boards }) => [name, boards.map(({ id }) => id)])).toEqual([
      ['none', ['virtual']],
      ['generic', ['generic-aarch64']],
      ['processor', ['raspberry-pi-5', 'raspberry-pi-4', 'a-board']],
      ['fpga', ['zedboard']],
    ]);
  });

  it('leave out what a search leaves empty', () => {
    expect(boardGroups([board('jetson-nano')]).map(({ name }) => name)).toEqual(['processor']);
    expect(boardGroups([])).toEqual([]);
  });
});
