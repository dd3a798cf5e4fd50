import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { CallArgs, CallName, CallResult, Outcome } from '../../../electron/shared/ipc-schema.ts';
import type { Question, StageName, StageView } from '../../../electron/shared/schemas/stages.ts';
import { VirtualDisplay } from './display.ts';

/** The app under test with a display and settings of its own. */
export class TestApp {
  private constructor(
    readonly electron: ElectronApplication,
    readonly page: Page,
    /** A folder for projects and settings, removed at the end. */
    readonly folder: string,
    private readonly display: VirtualDisplay,
  ) {}

  /** @param app folder of the bundles; absent where the executable holds the app itself */
  static async start(executable: string, app?: string): Promise<TestApp> {
    const display = await VirtualDisplay.start();
    const folder = await mkdtemp(join(tmpdir(), 'cortado-app-'));
    const electron = await _electron.launch({
      executablePath: executable,
      // Chromium's sandbox refuses to run as root, which tests in containers are.
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...(app === undefined ? [] : [app])],
      env: { ...environment(), DISPLAY: display.name, XDG_CONFIG_HOME: join(folder, 'config') },
    });
    const page = await electron.firstWindow();
    await page.waitForLoadState('load');
    return new TestApp(electron, page, folder, display);
  }

  async close(): Promise<void> {
    await this.electron.close();
    await this.display.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A call as the window makes it. */
  call<Name extends CallName>(name: Name, args?: CallArgs<Name>): Promise<Outcome<CallResult<Name>>> {
    return this.page.evaluate(
      ([callName, callArgs]) => {
        const { cortado } = globalThis as unknown as { cortado: { call: (...all: unknown[]) => Promise<unknown> } };
        return cortado.call(callName, callArgs);
      },
      [name, args] as const,
    ) as Promise<Outcome<CallResult<Name>>>;
  }

  /** A call that must end well. */
  async get<Name extends CallName>(name: Name, args?: CallArgs<Name>): Promise<CallResult<Name>> {
    const outcome = await this.call(name, args);
    if (outcome.ok) return outcome.value;
    throw new Error(`${name}: ${outcome.error.code}: ${outcome.error.details}`);
  }

  /** Starts a stage and waits for its end. */
  async runStage(stage: StageName): Promise<StageView> {
    await this.get('stages.start', { stage });
    return this.stageEnd(stage);
  }

  /** Waits until the engine asks something of this kind. */
  async question(kind: Question['kind']): Promise<Question> {
    for (;;) {
      const question = (await this.get('questions.pending')).find((each) => each.kind === kind);
      if (question !== undefined) return question;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits for the end of a stage that was started. */
  async stageEnd(stage: StageName): Promise<StageView> {
    for (;;) {
      const { stages } = await this.get('project.get');
      const view = stages.find((each) => each.stage === stage);
      if (view !== undefined && view.status !== 'queued' && view.status !== 'running') return view;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Without what would change how Electron starts. */
function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(ELECTRON_|NODE_OPTIONS|WAYLAND_)/.test(entry[0]),
    ),
  );
}
