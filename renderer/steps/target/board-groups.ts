import type { BoardDescriptionView } from '../../../electron/shared/schemas/results.ts';

export interface BoardGroup {
  /** Of the heading, in the catalogue. */
  readonly name: 'none' | 'processor' | 'fpga' | 'generic';
  readonly boards: readonly BoardDescriptionView[];
}

/** What most people have comes first; the rest by name. */
const COMMON = ['raspberry-pi-5', 'raspberry-pi-4', 'raspberry-pi-3'];

/** Boards in groups that say what kind of thing each is, without empty groups: first what needs nothing, and what fits any. */
export function boardGroups(boards: readonly BoardDescriptionView[]): readonly BoardGroup[] {
  const place = ({ id }: BoardDescriptionView): number => (COMMON.includes(id) ? COMMON.indexOf(id) : COMMON.length);
  const sorted = boards.toSorted((a, b) => place(a) - place(b) || a.name.localeCompare(b.name, 'en'));
  const named = (['none', 'generic', 'processor', 'fpga'] as const).map((name) => ({
    name,
    boards: sorted.filter((board) => groupOf(board) === name),
  }));
  return named.filter((group) => group.boards.length > 0);
}

function groupOf({ kind, fpga }: BoardDescriptionView): BoardGroup['name'] {
  if (kind === 'virtual') return 'none';
  if (kind === 'generic') return 'generic';
  return fpga === undefined ? 'processor' : 'fpga';
}
