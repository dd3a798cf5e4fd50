import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { workerV8Flags } from '../../core/common/worker-process.ts';
import { exactArithmetic } from '../../core/inference/devices/providers.ts';
import type { ToEngine, WorkerMessage } from '../shared/messages.ts';
import { engineEnvironment } from './engine-environment.ts';
import { EngineOutput } from './engine-output.ts';

const MOST_REASON = 200;

/** Starts worker processes for one engine, which cannot do it itself, and hands it a line to each. */
export class WorkerHost {
  private readonly workers = new Map<number, UtilityProcess>();
  /** Those that were ended before they ran: they are as soon as they do. */
  private readonly unwanted = new Set<number>();
  private isClosed = false;

  constructor(
    /** The workers' bundle. */
    private readonly bundle: string,
    private readonly engine: UtilityProcess,
  ) {}

  /** What the engine wants of a worker. */
  receive({ kind, id }: WorkerMessage): void {
    if (kind === 'startWorker') this.start(id);
    else this.end(id);
  }

  /** Ends all of them, whatever they are doing: their engine is gone. */
  close(): void {
    this.isClosed = true;
    for (const id of [...this.workers.keys()]) this.end(id);
  }

  private start(id: number): void {
    if (this.isClosed) return;
    const worker = utilityProcess.fork(this.bundle, [], {
      serviceName: 'Cortado worker',
      execArgv: [`--js-flags=${workerV8Flags.join(' ')}`],
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...engineEnvironment(process.env), ...exactArithmetic },
    });
    this.workers.set(id, worker);
    // What native libraries print is kept for the reason alone.
    let said = '';
    const output = new EngineOutput((line) => {
      said = line.trim() === '' ? said : line.trim().slice(0, MOST_REASON);
    });
    worker.stderr?.on('data', (chunk: Buffer) => {
      output.add(chunk.toString());
    });
    worker.once('exit', (code) => {
      this.workers.delete(id);
      this.unwanted.delete(id);
      // A signal leaves no code.
      const end = code === 0 ? 'ended' : `ended with code ${code}`;
      this.tell({ kind: 'workerEnded', id, how: said === '' ? end : `${end}: ${said}` });
    });
    worker.once('spawn', () => {
      if (this.unwanted.has(id)) {
        this.end(id);
        return;
      }
      const { port1, port2 } = new MessageChannelMain();
      worker.postMessage(null, [port1]);
      this.tell({ kind: 'worker', id }, [port2]);
    });
  }

  private end(id: number): void {
    const worker = this.workers.get(id);
    if (worker === undefined) return;
    const { pid } = worker;
    if (pid === undefined) {
      this.unwanted.add(id);
      return;
    }
    try {
      // One that hangs in a driver does not listen to anything weaker.
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself just now.
    }
  }

  private tell(message: ToEngine, ports: MessagePortMain[] = []): void {
    if (!this.isClosed) this.engine.postMessage(message, ports);
  }
}
