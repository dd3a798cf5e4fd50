import { MessageChannelMain, utilityProcess, type UtilityProcess, type WebContents } from 'electron';
import { CortadoError } from '../../core/common/errors.ts';
import type { EventPayload } from '../shared/ipc-schema.ts';
import {
  PORT_CHANNEL,
  type EngineSurroundings,
  type FromEngine,
  type ProjectRequest,
  type ToEngine,
} from '../shared/messages.ts';
import type { ProjectView } from '../shared/schemas/stages.ts';
import { fromWireError, toWireError } from '../shared/wire-error.ts';
import { EngineOutput } from './engine-output.ts';
import { engineEnvironment } from './engine-environment.ts';
import type { Secrets } from './secrets.ts';
import { WorkerHost } from './worker-host.ts';

/** Milliseconds that an engine has to end when it is asked to. */
const PATIENCE_MS = 2000;

type EngineState = EventPayload<'engine.state'>;

export interface EngineHostOptions {
  /** The engine's bundle. */
  readonly bundle: string;
  /** The bundle of the engine's workers. */
  readonly workerBundle: string;
  readonly surroundings: () => EngineSurroundings;
  readonly secrets: Secrets;
  readonly onState: (state: EngineState) => void;
  /** What the engine prints: diagnostics, a line at a time. */
  readonly onText: (text: string) => void;
}

interface Opening {
  readonly resolve: (view: ProjectView) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs the engine: one utility process, fresh for every project. It is started before it is needed, so that opening the
 * first project does not wait for it. After a crash nothing is started by itself, since what crashed it may do so again:
 * the window says what happened and asks for `restart`.
 */
export class EngineHost {
  private process: UtilityProcess | undefined;
  private contents: WebContents | undefined;
  private project: ProjectRequest | undefined;
  private opening: Opening | undefined;
  private crashes = 0;
  private state: EngineState = { state: 'starting', error: null, crashes: 0 };

  constructor(private readonly options: EngineHostOptions) {}

  /** Gives the window its line to the engine; again after the window was loaded anew. */
  attach(contents: WebContents): void {
    this.contents = contents;
    if (this.process === undefined) this.start();
    else this.connect(this.process);
    this.options.onState(this.state);
  }

  /** Opens or makes a project in a fresh engine. Rejects with the engine's reason. */
  async open(request: ProjectRequest): Promise<ProjectView> {
    this.opening?.reject(gone());
    if (this.project !== undefined || this.process === undefined) await this.replace();
    this.project = request;
    try {
      const view = await this.ask(request);
      // What was made once is opened after a crash.
      this.project = { kind: 'open', folder: view.folder };
      return view;
    } catch (error) {
      if (this.state.state !== 'crashed') this.project = undefined;
      throw error;
    }
  }

  /** Ends the engine of the open project, with whatever it is doing, and starts an empty one. */
  async close(): Promise<void> {
    if (this.project === undefined) return;
    this.project = undefined;
    await this.replace();
  }

  /** Starts the engine anew with the project that was open; null where none was. */
  async restart(): Promise<ProjectView | null> {
    const project = this.project;
    await this.replace();
    this.project = undefined;
    // A crash may have come after the folder was made: then there is a project to open.
    return project === undefined ? null : this.open({ kind: 'open', folder: project.folder });
  }

  /** Ends the engine for good, with whatever it is doing. */
  async stop(): Promise<void> {
    const { process: old } = this;
    this.process = undefined;
    if (old !== undefined) await end(old);
  }

  /** Of the engine's process; undefined while there is none. */
  get pid(): number | undefined {
    return this.process?.pid;
  }

  private async replace(): Promise<void> {
    const { process: old } = this;
    this.process = undefined;
    if (old !== undefined) await end(old);
    this.start();
  }

  private start(): void {
    this.tell({ state: 'starting', error: null, crashes: this.crashes });
    const started = utilityProcess.fork(this.options.bundle, [], {
      serviceName: 'Cortado engine',
      stdio: 'pipe',
      env: engineEnvironment(process.env),
    });
    this.process = started;
    const workers = new WorkerHost(this.options.workerBundle, started);
    for (const stream of [started.stdout, started.stderr]) {
      const output = new EngineOutput(this.options.onText);
      stream?.on('data', (chunk: Buffer) => {
        output.add(chunk.toString());
      });
    }
    started.on('message', (message: FromEngine) => {
      if (this.process === started) this.receive(started, workers, message);
    });
    started.once('spawn', () => {
      if (this.process !== started) return;
      this.tell({ state: 'ready', error: null, crashes: this.crashes });
      this.connect(started);
    });
    started.once('exit', (code) => {
      workers.close();
      if (this.process === started) this.crashed(code);
    });
  }

  private connect(engine: UtilityProcess): void {
    if (this.contents === undefined || this.contents.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    const message: ToEngine = { kind: 'port' };
    engine.postMessage(message, [port1]);
    this.contents.postMessage(PORT_CHANNEL, null, [port2]);
  }

  private ask(request: ProjectRequest): Promise<ProjectView> {
    return new Promise((resolve, reject) => {
      this.opening = { resolve, reject };
      this.send({ kind: 'project', request, surroundings: this.options.surroundings() });
    });
  }

  private receive(engine: UtilityProcess, workers: WorkerHost, message: FromEngine): void {
    const { secrets } = this.options;
    switch (message.kind) {
      case 'project': {
        const { opening } = this;
        this.opening = undefined;
        if (message.outcome.ok) opening?.resolve(message.outcome.value);
        else opening?.reject(fromWireError(message.outcome.error));
        break;
      }
      case 'readSecret':
        void secrets.read(message.secret).then((secret) => {
          const answer: ToEngine = { kind: 'secret', id: message.id, secret };
          if (this.process === engine) engine.postMessage(answer);
        });
        break;
      case 'keepSecret':
        void secrets.keep(message.secret, message.value);
        break;
      case 'forgetSecret':
        void secrets.forget(`${message.secret.kind}:${message.secret.subject}`);
        break;
      case 'startWorker':
      case 'endWorker':
        workers.receive(message);
        break;
    }
  }

  private crashed(code: number): void {
    this.process = undefined;
    this.crashes++;
    // A signal, such as that of a system that ran out of memory, leaves no code.
    const error = gone(`The engine stopped unexpectedly${code === 0 ? '' : ` (exit code ${code})`}.`);
    this.tell({ state: 'crashed', error: toWireError(error), crashes: this.crashes });
    this.opening?.reject(error);
    this.opening = undefined;
  }

  private send(message: ToEngine): void {
    this.process?.postMessage(message);
  }

  private tell(state: EngineState): void {
    this.state = state;
    this.options.onState(state);
  }
}

/** Asks an engine to stop what it is doing and to end; one that does not in time is ended. */
async function end(engine: UtilityProcess): Promise<void> {
  const { pid } = engine;
  if (pid === undefined) {
    engine.kill();
    return;
  }
  const ended = new Promise<void>((resolve) => {
    engine.once('exit', () => {
      resolve();
    });
  });
  const message: ToEngine = { kind: 'end' };
  engine.postMessage(message);
  const force = setTimeout(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself just now.
    }
  }, PATIENCE_MS);
  await ended;
  clearTimeout(force);
}

function gone(message = 'The engine stopped before it answered.'): CortadoError {
  return new CortadoError(
    'engine.gone',
    message,
    'Your project is safe on the disk: start the engine again and go on.',
  );
}
