import type { CortadoApi, EventPayload, Outcome } from '../../electron/shared/ipc-schema.ts';
import type { AppInfo, LanguageChoice, RecentProject, ThemeChoice } from '../../electron/shared/schemas/app.ts';
import type { WireError } from '../../electron/shared/schemas/basics.ts';
import type { Step } from '../../core/project/steps.ts';
import { stepOfStage, type ProjectView } from '../../electron/shared/schemas/stages.ts';
import { texts } from '../i18n/i18n.svelte.ts';
import { clock } from './clock.svelte.ts';
import type { Host } from './host.ts';
import { modelFileKind, projectNameOf } from './paths.ts';
import { ProjectState } from './project.svelte.ts';

type EngineState = EventPayload<'engine.state'>;

/** The whole window: settings, the engine's health, and the project that is open. */
export class AppState implements Host {
  info = $state.raw<AppInfo>();
  recent = $state.raw<readonly RecentProject[]>([]);
  project = $state.raw<ProjectState>();
  engine = $state.raw<EngineState>({ state: 'ready', error: null, crashes: 0 });
  /** When the engine last told that it is alive, by the clock of `clock()`. */
  private heardAt = $state.raw(performance.now());
  /** The last thing that went wrong outside a stage; shown until dismissed. */
  error = $state.raw<WireError>();
  isOpening = $state(false);
  dialog = $state<'settings' | 'about' | 'notices'>();

  constructor(readonly api: CortadoApi) {
    api.on('app.changed', (info) => {
      this.apply(info);
    });
    api.on('engine.state', (state) => {
      this.engine = state;
      this.heardAt = performance.now();
    });
    api.on('engine.alive', () => {
      this.heardAt = performance.now();
    });
    api.on('project', (view) => {
      if (this.project === undefined) this.show(view);
    });
    api.on('app.command', (command) => {
      void this.obey(command);
    });
  }

  async start(): Promise<void> {
    const info = this.taken(await this.api.call('app.info'));
    if (info !== undefined) this.apply(info);
    await Promise.all([this.readRecent(), this.goOn(info?.lastProject ?? undefined, info?.lastStep ?? undefined)]);
  }

  /** Milliseconds since the engine was last heard of; it says every second that it is alive. */
  get silenceMs(): number {
    return clock() - this.heardAt;
  }

  /** Why there is no virtual board on this system; undefined where there is one. */
  get virtualRefusal(): string | undefined {
    const { available = true, reason = null } = this.info?.virtualBoard ?? {};
    if (available) return undefined;
    const why = reason === null ? '' : (texts.coded('virtual', reason) ?? reason);
    return texts.text('target.virtual.unavailable', { reason: why });
  }

  /** What the engine's end did to calls is said once, by the notice about the engine. */
  taken<T>(outcome: Outcome<T>): T | undefined {
    if (outcome.ok) return outcome.value;
    if (outcome.error.code !== 'engine.gone' || this.engine.state === 'ready') this.error = outcome.error;
    return undefined;
  }

  async openSample(): Promise<void> {
    await this.create(texts.text('start.sample.name'), 'sample');
  }

  /** Makes a project around a dropped or chosen file of a model. */
  async startWithModel(path: string): Promise<void> {
    const kind = modelFileKind(path);
    if (kind === undefined) {
      this.error = notAModel(path);
      return;
    }
    await this.create(projectNameOf(path), 'empty');
    const { project } = this;
    if (project === undefined) return;
    const partner = this.taken(await this.api.call('network.findPartner', { path })) ?? null;
    const change = kind === 'proto' ? { proto: path, weights: partner } : { proto: partner, weights: path };
    await project.decide({ step: 'model', change });
  }

  async open(folder: string): Promise<void> {
    this.isOpening = true;
    const view = this.taken(await this.api.call('project.open', { folder }));
    this.isOpening = false;
    if (view !== undefined) this.show(view);
  }

  async chooseAndOpen(): Promise<void> {
    const folder = this.taken(await this.api.call('dialog.openFolder', { kind: 'project' }));
    if (typeof folder === 'string') await this.open(folder);
  }

  async close(): Promise<void> {
    this.taken(await this.api.call('project.close'));
    this.project?.close();
    this.project = undefined;
    await this.readRecent();
  }

  async forget(folder: string): Promise<void> {
    this.taken(await this.api.call('project.forget', { folder }));
    await this.readRecent();
  }

  async restartEngine(): Promise<void> {
    const view = this.taken(await this.api.call('engine.restart'));
    if (view !== undefined && view !== null) this.show(view);
  }

  async setLanguage(choice: LanguageChoice): Promise<void> {
    this.taken(await this.api.call('app.setLanguage', { choice }));
  }

  async setTheme(choice: ThemeChoice): Promise<void> {
    this.taken(await this.api.call('app.setTheme', { choice }));
  }

  /** Returns whether the text is in the clipboard. */
  async copy(text: string): Promise<boolean> {
    const outcome = await this.api.call('app.copy', { text });
    this.taken(outcome);
    return outcome.ok;
  }

  pathOf(file: File): string {
    return this.api.pathOfDroppedFile(file);
  }

  private async create(name: string, from: 'empty' | 'sample'): Promise<void> {
    this.isOpening = true;
    const folder = this.taken(await this.api.call('project.suggestFolder', { name }));
    const view =
      folder === undefined ? undefined : this.taken(await this.api.call('project.create', { folder, name, from }));
    this.isOpening = false;
    if (view !== undefined) this.show(view);
  }

  /** Goes on where the last start ended. The engine has the project still where only the page was loaded anew. */
  private async goOn(folder: string | undefined, step: Step | undefined): Promise<void> {
    if (folder === undefined) return;
    this.isOpening = true;
    const current = await this.api.call('project.get');
    const view =
      current.ok && current.value.folder === folder
        ? current.value
        : this.taken(await this.api.call('project.open', { folder }));
    this.isOpening = false;
    if (view !== undefined) this.show(view, step);
  }

  /** Shows a project; the step that was looked at stays where it is the same one. */
  private show(view: ProjectView, step?: Step): void {
    const previous = this.project;
    previous?.close();
    const next = new ProjectState(this, view);
    if (view.interrupted !== null) next.step = stepOfStage[view.interrupted];
    else if (step !== undefined) next.step = step;
    else if (previous?.view.folder === view.folder) next.step = previous.step;
    this.project = next;
    this.error = undefined;
  }

  private apply(info: AppInfo): void {
    this.info = info;
    texts.language = info.language.used;
    document.documentElement.lang = info.language.used;
    document.documentElement.dataset.theme = info.theme.dark ? 'dark' : 'light';
  }

  private async readRecent(): Promise<void> {
    this.recent = this.taken(await this.api.call('project.recent')) ?? [];
  }

  private async obey(command: EventPayload<'app.command'>): Promise<void> {
    if (command === 'notices' || command === 'about') this.dialog = command;
    else if (command === 'openProject') await this.chooseAndOpen();
    else if (this.project !== undefined) await this.close();
  }
}

function notAModel(path: string): WireError {
  return {
    code: 'model.kind',
    message: texts.text('model.notModel', { file: path }),
    advice: texts.text('model.notModel.advice'),
    location: { file: path },
    details: '',
  };
}
