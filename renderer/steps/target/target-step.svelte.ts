import { formatHertz } from '../../../core/report/format.ts';
import type { Decisions } from '../../../core/project/schema.ts';
import type { BoardDescriptionView, BuildView } from '../../../electron/shared/schemas/results.ts';
import { t } from '../../i18n/i18n.svelte.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';
import { isVirtual } from '../board/board-address.ts';

/** The board that the files are for, how it computes, and what was built. */
export class TargetStepState {
  readonly boards: Resource<BoardDescriptionView[]>;
  readonly build: Resource<BuildView | null>;
  filter = $state('');

  readonly shownBoards: readonly BoardDescriptionView[] = $derived.by(() => {
    const wanted = this.filter.trim().toLowerCase();
    return (this.boards.value ?? []).filter(({ name, soc = '', cores }) =>
      `${name} ${soc} ${cores.map(({ core }) => core).join(' ')}`.toLowerCase().includes(wanted),
    );
  });
  readonly board: BoardDescriptionView | undefined = $derived.by(() =>
    this.boards.value?.find(({ id }) => id === this.choices.board),
  );

  constructor(readonly project: ProjectState) {
    const { api } = project.app;
    this.boards = new Resource(() => api.call('boards.list'));
    this.build = new Resource(() => api.call('build.get'));
  }

  get choices(): Decisions['target'] {
    return this.project.decisions.target;
  }

  /** Whether int8 is wanted and there is no calibration for it. */
  get lacksCalibration(): boolean {
    return this.choices.precision === 'int8' && !this.project.isDone('calibrate');
  }

  get hasAccelerator(): boolean {
    return this.board !== undefined && this.board.accelerator !== null;
  }

  /** What computing on the FPGA means for the chosen board, or why it cannot. */
  get fpgaNote(): string {
    const { board } = this;
    if (board?.accelerator !== undefined && board.accelerator !== null) {
      const { part, clockHz } = board.accelerator;
      return t('target.backend.fpga.text', { part, clock: formatHertz(clockHz) });
    }
    return board?.fpga === undefined ? t('target.backend.fpga.none') : t('target.backend.fpga.unsupported');
  }

  /** The accelerator computes in int8 alone. */
  async setBackend(backend: Decisions['target']['backend']): Promise<void> {
    await this.change(backend === 'fpga' ? { backend, precision: 'int8' } : { backend });
  }

  nameOf(id: string): string {
    return this.boards.value?.find((board) => board.id === id)?.name ?? id;
  }

  async read(): Promise<void> {
    await Promise.all([this.boards.load(), this.build.load()]);
  }

  /** Chooses a board; the virtual one needs no address, so that step Board is decided with it. */
  async choose({ id, kind, accelerator }: BoardDescriptionView): Promise<void> {
    const keepsBackend = this.choices.backend === 'neon' || accelerator !== null;
    await this.project.decide({ step: 'target', change: { board: id, ...(keepsBackend ? {} : { backend: 'neon' }) } });
    const { address } = this.project.decisions.board;
    if (kind === 'virtual' && address !== 'virtual') await this.setAddress('virtual');
    if (kind !== 'virtual' && isVirtual(address)) await this.setAddress(null);
  }

  async change(change: Partial<Decisions['target']>): Promise<void> {
    await this.project.decide({ step: 'target', change });
  }

  async chooseGolden(): Promise<void> {
    const { app } = this.project;
    const golden = app.taken(await app.api.call('dialog.openFile', { kind: 'picture' }));
    if (typeof golden === 'string') await this.change({ golden });
  }

  async savePackage(): Promise<void> {
    const { app } = this.project;
    const suggestedName = `${this.project.view.name}.cortado`;
    const path = app.taken(await app.api.call('dialog.saveFile', { kind: 'package', suggestedName }));
    if (typeof path === 'string') app.taken(await app.api.call('results.save', { what: 'package', path }));
  }

  private async setAddress(address: string | null): Promise<void> {
    await this.project.decide({ step: 'board', change: { address } });
  }
}
