import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, errors, type ElectronApplication, type Page } from 'playwright-core';
import type { CallArgs, CallName, CallResult, Outcome } from '../../../electron/shared/ipc-schema.ts';
import type { Question, StageName, StageView } from '../../../electron/shared/schemas/stages.ts';
import { VirtualDisplay } from './display.ts';

interface StartOptions {
  readonly executable: string;
  readonly app: string | undefined;
  /** Beside the usual ones. */
  readonly variables: Readonly<Record<string, string>>;
}

interface Running {
  /** When the process was started, as `performance.now()` has it. */
  readonly startedAt: number;
  readonly electron: ElectronApplication;
  readonly page: Page;
}

/** The app under test with a display and settings of its own. */
export class TestApp {
  private constructor(
    private readonly options: StartOptions,
    /** The user's home folder, with projects and settings, removed at the end. */
    readonly folder: string,
    private readonly display: VirtualDisplay,
    private running: Running,
  ) {}

  /** @param app folder of the bundles; absent where the executable holds the app itself */
  static async start(
    executable: string,
    app?: string,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<TestApp> {
    const options = { executable, app, variables };
    const display = await VirtualDisplay.start();
    const folder = await mkdtemp(join(tmpdir(), 'cortado-app-'));
    return new TestApp(options, folder, display, await launch(options, folder, display));
  }

  get electron(): ElectronApplication {
    return this.running.electron;
  }

  get page(): Page {
    return this.running.page;
  }

  /** When its process was started, as `performance.now()` has it. */
  get startedAt(): number {
    return this.running.startedAt;
  }

  async close(): Promise<void> {
    await this.electron.close();
    await this.display.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Closes the window as its cross does, whatever it is doing, and waits for the app's end. */
  async closeWindow(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.electron.once('close', () => {
        resolve();
      });
    });
    await this.electron.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.close();
    });
    await ended;
  }

  /** Closes the window, whatever it is doing, and starts the app anew for the same user. */
  async closeAndStart(): Promise<void> {
    await this.closeWindow();
    this.running = await launch(this.options, this.folder, this.display);
  }

  /** Ends the engine's process as a crash would. */
  async killEngine(): Promise<void> {
    await this.signalEngine('SIGKILL');
  }

  /** Ends it as a defect in native code does, with all that the system keeps of such an end. */
  async crashEngine(): Promise<void> {
    await this.signalEngine('SIGSEGV');
  }

  /** Lets the engine hang: it does nothing any more, and does not end when it is asked to. */
  async stopEngine(): Promise<void> {
    await this.signalEngine('SIGSTOP');
  }

  /** Ends one of the engine's worker processes as a crash would. */
  async killWorker(): Promise<void> {
    await this.electron.evaluate(({ app: electron }) => {
      const worker = electron.getAppMetrics().find(({ name }) => name === 'Cortado worker');
      if (worker === undefined) throw new Error('there is no worker');
      process.kill(worker.pid, 'SIGKILL');
    });
  }

  /** How many worker processes there are. */
  async workers(): Promise<number> {
    return this.electron.evaluate(
      ({ app: electron }) => electron.getAppMetrics().filter(({ name }) => name === 'Cortado worker').length,
    );
  }

  /** The engine is the process that Electron calls a utility of that name. */
  private async signalEngine(signal: 'SIGKILL' | 'SIGSEGV' | 'SIGSTOP'): Promise<void> {
    await this.electron.evaluate(({ app: electron }, name) => {
      const engine = electron
        .getAppMetrics()
        .find(({ type, name: service }) => type === 'Utility' && service === 'Cortado engine');
      if (engine === undefined) throw new Error('there is no engine');
      process.kill(engine.pid, name);
    }, signal);
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

  /** Waits until a stage that was started is in the middle of its work. */
  async stageWorks(stage: StageName): Promise<StageView> {
    for (;;) {
      const { stages } = await this.get('project.get');
      const view = stages.find((each) => each.stage === stage);
      // Devices are tried before it begins.
      if (view?.status === 'running' && view.done > 0 && view.unit !== 'devices') return view;
      if (view?.status === 'done') throw new Error(`the stage ${stage} has ended already`);
      await new Promise((resolve) => setTimeout(resolve, 20));
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

/** Playwright now and then fails to attach to an Electron that has long started, and ends it then. */
const attachTimeout = 60_000;

async function launch(
  { executable, app, variables }: StartOptions,
  folder: string,
  display: VirtualDisplay,
): Promise<Running> {
  await mkdir(join(folder, 'tmp'), { recursive: true });
  const options = {
    timeout: attachTimeout,
    executablePath: executable,
    // Chromium's sandbox refuses to run as root, which tests in containers are.
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...(app === undefined ? [] : [app])],
    env: {
      ...environment(),
      ...variables,
      ...{
        DISPLAY: display.name,
        HOME: folder,
        TMPDIR: join(folder, 'tmp'),
        XDG_CONFIG_HOME: join(folder, 'config'),
        LANGUAGE: 'en',
      },
    },
  };
  let startedAt = performance.now();
  const electron = await _electron.launch(options).catch(async (error: unknown) => {
    if (!(error instanceof errors.TimeoutError)) throw error;
    process.stderr.write(`Playwright did not attach to the app; once more: ${error.message.split('\n')[0]}\n`);
    startedAt = performance.now();
    return _electron.launch(options);
  });
  const page = await electron.firstWindow();
  await page.waitForLoadState('load');
  return { startedAt, electron, page };
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
