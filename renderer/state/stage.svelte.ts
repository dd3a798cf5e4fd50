import type { StageName, StageView } from '../../electron/shared/schemas/stages.ts';
import type { EventPayload } from '../../electron/shared/ipc-schema.ts';
import type { Host } from './host.ts';

type LogLine = EventPayload<'stage.log'>['lines'][number];

/** A stage as the window shows it. */
export class StageState {
  view: StageView;
  /** When this view came, by the clock of `clock()`. */
  heardAt = performance.now();
  log = $state.raw<readonly LogLine[]>([]);
  isCancelling = $state(false);

  constructor(
    private readonly app: Host,
    view: StageView,
    /** Called before it is started. */
    private readonly makeWay: (name: StageName) => Promise<void> = () => Promise.resolve(),
  ) {
    this.view = $state.raw(view);
  }

  get name(): StageName {
    return this.view.stage;
  }

  get isActive(): boolean {
    return this.view.status === 'queued' || this.view.status === 'running';
  }

  get logText(): string {
    return this.log.map(({ at, text }) => `${at} ${text}`).join('\n');
  }

  /** Takes a newer view of it; returns whether a run ended with that. */
  update(view: StageView): boolean {
    const wasActive = this.isActive;
    if (view.run !== this.view.run) this.log = [];
    this.view = view;
    this.heardAt = performance.now();
    if (!this.isActive) this.isCancelling = false;
    return wasActive && !this.isActive;
  }

  append(lines: readonly LogLine[]): void {
    this.log = [...this.log, ...lines];
  }

  async start(): Promise<void> {
    await this.makeWay(this.name);
    const view = this.app.taken(await this.app.api.call('stages.start', { stage: this.name }));
    if (view !== undefined && view.run >= this.view.run && !this.isActive) this.update(view);
  }

  async cancel(): Promise<void> {
    this.isCancelling = true;
    this.app.taken(await this.app.api.call('stages.cancel', { stage: this.name }));
  }

  async readLog(): Promise<void> {
    const lines = this.app.taken(await this.app.api.call('stages.log', { stage: this.name }));
    if (lines !== undefined) this.log = lines;
  }
}
