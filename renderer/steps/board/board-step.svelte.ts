import type { Decisions } from '../../../core/project/schema.ts';
import type { BoardDescriptionView, BoardView } from '../../../electron/shared/schemas/results.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';
import { joinAddress, splitAddress, type AddressParts } from './board-address.ts';

/** Where the board is, how to log in, and what it said of itself. */
export class BoardStepState {
  readonly board: Resource<BoardView | null>;
  readonly boards: Resource<BoardDescriptionView[]>;
  /** What was typed and is not a whole address yet. */
  private typed = $state<Partial<AddressParts>>({});
  private wantsSsh = $state(false);

  constructor(readonly project: ProjectState) {
    const { api } = project.app;
    this.board = new Resource(() => api.call('board.get'));
    this.boards = new Resource(() => api.call('boards.list'));
  }

  get choices(): Decisions['board'] {
    return this.project.decisions.board;
  }

  get kind(): 'ssh' | 'virtual' {
    return this.choices.address === 'virtual' && !this.wantsSsh ? 'virtual' : 'ssh';
  }

  get parts(): AddressParts {
    return { ...splitAddress(this.choices.address), ...this.typed };
  }

  get canConnect(): boolean {
    return this.kind === 'virtual' || (this.choices.address !== null && this.choices.address !== 'virtual');
  }

  nameOf(id: string | null): string | undefined {
    return this.boards.value?.find((board) => board.id === id)?.name;
  }

  async read(): Promise<void> {
    await Promise.all([this.board.load(), this.boards.load()]);
  }

  async setKind(kind: 'ssh' | 'virtual'): Promise<void> {
    this.wantsSsh = kind === 'ssh';
    this.typed = {};
    if (kind === 'virtual') await this.change({ address: 'virtual' });
    else if (this.choices.address === 'virtual') await this.change({ address: null });
  }

  async setPart(part: Partial<AddressParts>): Promise<void> {
    this.typed = { ...this.typed, ...part };
    const address = joinAddress(this.parts);
    if (address === null) return;
    await this.change({ address });
    this.typed = {};
  }

  async chooseKey(): Promise<void> {
    const { app } = this.project;
    const identityFile = app.taken(await app.api.call('dialog.openFile', { kind: 'privateKey' }));
    if (typeof identityFile === 'string') await this.change({ identityFile });
  }

  async change(change: Partial<Decisions['board']>): Promise<void> {
    await this.project.decide({ step: 'board', change });
  }
}
