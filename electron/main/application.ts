import { app, nativeTheme, safeStorage, session, type BrowserWindow } from 'electron';
import { join } from 'node:path';
import { RecentProjects } from '../../core/project/recent.ts';
import type { EventName, EventPayload } from '../shared/ipc-schema.ts';
import { appCalls } from './app-calls.ts';
import { appInfo } from './app-info.ts';
import { serveApp } from './app-protocol.ts';
import { EngineHost } from './engine-host.ts';
import { answerWindow, tellWindow } from './ipc.ts';
import { setMenu } from './menu.ts';
import { projectCalls } from './project-calls.ts';
import { engineSurroundings } from './resources.ts';
import { Secrets } from './secrets.ts';
import { restrictSession } from './security.ts';
import { Settings } from './settings.ts';
import { createWindow } from './window.ts';

/** Puts the parts together once Electron is ready. `bundles` is the folder with the preload script, the engine and the page. */
export class Application {
  private readonly settings = new Settings(join(app.getPath('userData'), 'settings.json'));
  private readonly secrets = new Secrets(join(app.getPath('userData'), 'secrets.json'), safeStorage);
  private readonly recent = new RecentProjects();
  private readonly engine: EngineHost;
  private window: BrowserWindow | undefined;

  /** @param project folder of a project that was named at the start, opened instead of the last one */
  constructor(
    private readonly bundles: string,
    private readonly project: string | undefined,
  ) {
    const { settings, secrets } = this;
    this.engine = new EngineHost({
      bundle: join(bundles, 'engine.cjs'),
      workerBundle: join(bundles, 'worker.cjs'),
      surroundings: engineSurroundings,
      secrets,
      onState: (state) => {
        this.tell('engine.state', state);
      },
      onText: (text) => process.stderr.write(text),
    });
    answerWindow({
      ...appCalls({
        window: () => this.requireWindow(),
        settings,
        secrets,
        info: () => appInfo(settings, secrets),
        onChange: () => {
          this.changed();
        },
      }),
      ...projectCalls(this.engine, this.recent, settings),
    });
  }

  async start(): Promise<void> {
    if (this.project !== undefined) await this.settings.set({ lastProject: this.project, lastStep: null });
    nativeTheme.themeSource = this.settings.get().theme;
    nativeTheme.on('updated', () => {
      this.changed();
    });
    restrictSession(session.defaultSession);
    serveApp(session.defaultSession, join(this.bundles, 'renderer'));
    this.changed();
    this.showWindow();
  }

  /** Brings the window to the front, making it where there is none. */
  showWindow(): void {
    const { window: existing } = this;
    if (existing !== undefined && !existing.isDestroyed()) {
      if (existing.isMinimized()) existing.restore();
      existing.focus();
      return;
    }
    const window = createWindow(join(this.bundles, 'preload.cjs'));
    this.window = window;
    const attach = (): void => {
      this.engine.attach(window.webContents);
    };
    // Not before the first page is drawn: the engine's start would take the processor from it.
    window.once('ready-to-show', attach);
    let loads = 0;
    window.webContents.on('did-finish-load', () => {
      if (loads++ > 0) attach();
    });
  }

  /** Ends what is under way; the next start offers it again. */
  async stop(): Promise<void> {
    await this.engine.stop();
    await Promise.all([this.settings.written(), this.secrets.written(), this.recent.written()]);
  }

  private changed(): void {
    const info = appInfo(this.settings, this.secrets);
    setMenu(info.language.used, (command) => {
      this.tell('app.command', command);
    });
    this.tell('app.changed', info);
  }

  private tell<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    if (this.window !== undefined) tellWindow(this.window, name, payload);
  }

  private requireWindow(): BrowserWindow {
    if (this.window === undefined || this.window.isDestroyed()) throw new Error('there is no window');
    return this.window;
  }
}
