import type { Decisions } from '../../../core/project/schema.ts';
import type { CallArgs } from '../../../electron/shared/ipc-schema.ts';
import type { ComparisonView, ReportSummary, ReportView } from '../../../electron/shared/schemas/results.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';

export type ExportFormat = CallArgs<'reports.export'>['format'];

/** A run as it happens, and the reports of those that ended. */
export class RunStepState {
  readonly reports: Resource<ReportSummary[]>;
  readonly report: Resource<ReportView>;
  readonly comparison: Resource<ComparisonView>;
  /** Latencies of the run that is under way. */
  samples = $state.raw<readonly number[]>([]);
  total = $state(0);
  id = $state<string>();
  otherId = $state<string>();
  exported = $state<string>();
  private liveRun = -1;

  constructor(readonly project: ProjectState) {
    const { api } = project.app;
    this.reports = new Resource(() => api.call('reports.list'));
    this.report = new Resource(() => api.call('reports.get', { id: this.id ?? '' }));
    this.comparison = new Resource(() =>
      api.call('reports.compare', { first: this.otherId ?? '', second: this.id ?? '' }),
    );
  }

  get choices(): Decisions['run'] {
    return this.project.decisions.run;
  }

  get obstacle(): 'package' | 'board' | undefined {
    if (!this.project.isDone('target')) return 'package';
    return this.project.decisions.board.address === null ? 'board' : undefined;
  }

  async choosePicture(): Promise<void> {
    const { app } = this.project;
    const picture = app.taken(await app.api.call('dialog.openFile', { kind: 'picture' }));
    if (typeof picture === 'string') await this.change({ picture });
  }

  /** Listens to what the board says; returns the function that ends it. */
  listen(): () => void {
    return this.project.app.api.on('live', (live) => {
      if (live.kind !== 'samples') return;
      const { run } = this.project.stages.run.view;
      const earlier = run === this.liveRun ? this.samples : [];
      this.liveRun = run;
      this.samples = [...earlier, ...live.latenciesNs];
      this.total = live.total;
    });
  }

  /** Reads the list of reports, and shows the newest one where none is shown or a new one came. */
  async read(showNewest: boolean): Promise<void> {
    await this.reports.load();
    const newest = this.reports.value?.at(0)?.id;
    const isGone = this.reports.value?.every(({ id }) => id !== this.id) !== false;
    if (newest !== undefined && (showNewest || isGone)) await this.show(newest);
  }

  async show(id: string): Promise<void> {
    this.id = id;
    this.exported = undefined;
    if (this.otherId === id) this.otherId = undefined;
    await this.report.load();
    if (this.otherId !== undefined) await this.comparison.load();
  }

  async compareWith(id: string): Promise<void> {
    this.otherId = id === '' ? undefined : id;
    if (this.otherId !== undefined) await this.comparison.load();
  }

  async change(change: Partial<Decisions['run']>): Promise<void> {
    await this.project.decide({ step: 'run', change });
  }

  async export(format: ExportFormat): Promise<void> {
    const { app } = this.project;
    const { id } = this;
    if (id === undefined) return;
    const kind = format === 'html' ? 'html' : format === 'json' ? 'json' : 'csv';
    const suggestedName = `${this.project.view.name}-${format.replace('csv-', '')}.${kind}`;
    const path = app.taken(await app.api.call('dialog.saveFile', { kind, suggestedName }));
    if (typeof path !== 'string') return;
    const outcome = await app.api.call('reports.export', { id, other: this.otherId ?? null, format, path });
    app.taken(outcome);
    if (outcome.ok) this.exported = path;
  }

  async remove(): Promise<void> {
    const { app } = this.project;
    if (this.id !== undefined) app.taken(await app.api.call('reports.remove', { id: this.id }));
    this.report.value = undefined;
    this.id = undefined;
    await this.read(true);
  }
}
