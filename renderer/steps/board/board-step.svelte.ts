import type { Decisions } from '../../../core/project/schema.ts';
import type { CallResult } from '../../../electron/shared/ipc-schema.ts';
import type { BoardDescriptionView, BoardView } from '../../../electron/shared/schemas/results.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { t } from '../../i18n/i18n.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';
import { isVirtual, joinAddress, splitAddress, type AddressParts } from './board-address.ts';

/** Where the board is, how to log in, and what it said of itself. */
export class BoardStepState {
  readonly board: Resource<BoardView | null>;
  readonly boards: Resource<BoardDescriptionView[]>;
  /** What came of making a key; undefined before. */
  newKey = $state.raw<CallResult<'board.makeKey'>>();
  isMakingKey = $state(false);
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
    return isVirtual(this.choices.address) && !this.wantsSsh ? 'virtual' : 'ssh';
  }

  get parts(): AddressParts {
    return { ...splitAddress(this.choices.address), ...this.typed };
  }

  get canConnect(): boolean {
    return this.kind === 'virtual' || (this.choices.address !== null && !isVirtual(this.choices.address));
  }

  /** The board of the step "target", where a package for its accelerator is wanted. */
  get acceleratedBoard(): BoardDescriptionView | undefined {
    const { backend, board } = this.project.decisions.target;
    return backend === 'fpga' ? this.boards.value?.find(({ id }) => id === board) : undefined;
  }

  /** The board inside this computer, with a simulated accelerator where one is wanted and can be had. */
  get virtualAddress(): string {
    const board = this.acceleratedBoard;
    return board?.accelerator?.simulated === true ? `virtual:${board.id}` : 'virtual';
  }

  get virtualNote(): string {
    const board = this.acceleratedBoard;
    if (board === undefined) return t('board.virtualNote');
    return t(board.accelerator?.simulated === true ? 'board.virtualFpga' : 'board.virtualFpga.none', {
      board: board.name,
    });
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
    if (kind === 'virtual') await this.change({ address: this.virtualAddress });
    else if (isVirtual(this.choices.address)) await this.change({ address: null });
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

  /** Makes a key and lets it in on the board; the user is asked for the password meanwhile. */
  async makeKey(passphrase: string): Promise<void> {
    const { app } = this.project;
    this.isMakingKey = true;
    const made = app.taken(await app.api.call('board.makeKey', { passphrase }));
    this.isMakingKey = false;
    this.newKey = made;
    if (made !== undefined) await this.change({ identityFile: made.file });
  }

  async change(change: Partial<Decisions['board']>): Promise<void> {
    await this.project.decide({ step: 'board', change });
  }
}
