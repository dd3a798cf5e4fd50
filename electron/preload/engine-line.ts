import { CortadoError } from '../../core/common/errors.ts';
import type { CallName, CallResult, Outcome } from '../shared/ipc-schema.ts';
import type { PortCall, PortMessage } from '../shared/messages.ts';
import { toWireError } from '../shared/wire-error.ts';
import { checkOutcome } from './check.ts';

/** The part of a MessagePort that is used here. */
export interface Port {
  postMessage(message: unknown): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  close(): void;
}

/** Calls to the engine and events from it, over the port that main hands over. Calls made before it wait for it. */
export class EngineLine {
  private port: Port | undefined;
  private crashed = false;
  private nextId = 1;
  private readonly waiting: PortCall[] = [];
  private readonly pending = new Map<number, (outcome: unknown) => void>();

  constructor(private readonly onEvent: (name: unknown, payload: unknown) => void) {}

  connect(port: unknown): void {
    this.drop();
    this.crashed = false;
    const next = port as Port;
    next.onmessage = ({ data }) => {
      this.receive(data as PortMessage);
    };
    this.port = next;
    for (const call of this.waiting.splice(0)) next.postMessage(call);
  }

  /** Told of the engine's state by main: with an engine that is gone, every call under way ends. */
  note(state: unknown): void {
    if (typeof state !== 'object' || state === null || !('state' in state) || state.state === 'ready') return;
    this.drop();
    this.crashed = state.state === 'crashed';
    if (this.crashed) for (const { id } of this.waiting.splice(0)) this.settle(id, engineGone());
  }

  async call<Name extends CallName>(name: Name, args: unknown): Promise<Outcome<CallResult<Name>>> {
    if (this.crashed) return engineGone();
    const id = this.nextId++;
    const outcome = await new Promise<unknown>((resolve) => {
      this.pending.set(id, resolve);
      const call: PortCall = { id, name, args };
      if (this.port === undefined) this.waiting.push(call);
      else this.port.postMessage(call);
    });
    return checkOutcome(name, outcome);
  }

  private receive(message: PortMessage): void {
    if (message.kind === 'event') this.onEvent(message.name, message.payload);
    else this.settle(message.id, message.outcome);
  }

  private settle(id: number, outcome: unknown): void {
    this.pending.get(id)?.(outcome);
    this.pending.delete(id);
  }

  /** Lets go of the port and ends all calls that went through it. */
  private drop(): void {
    this.port?.close();
    this.port = undefined;
    const waiting = new Set(this.waiting.map(({ id }) => id));
    for (const id of [...this.pending.keys()]) if (!waiting.has(id)) this.settle(id, engineGone());
  }
}

function engineGone(): Outcome<never> {
  return {
    ok: false,
    error: toWireError(
      new CortadoError(
        'engine.gone',
        'The engine stopped before it answered.',
        'Your project is safe on the disk: start the engine again and go on.',
      ),
    ),
  };
}
