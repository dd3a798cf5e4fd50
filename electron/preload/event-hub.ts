import { checkEvent } from './check.ts';

type Listener = (payload: unknown) => void;

/** Passes events on to whoever listens; those that do not fit the schema are dropped and said. */
export class EventHub {
  private readonly listeners = new Map<string, Set<Listener>>();

  on(name: string, listener: Listener): () => void {
    const own = this.listeners.get(name) ?? new Set<Listener>();
    this.listeners.set(name, own.add(listener));
    return () => {
      own.delete(listener);
    };
  }

  tell(name: unknown, payload: unknown): void {
    const checked = checkEvent(name, payload);
    if (checked === undefined) {
      console.error(`Dropped an event that does not fit the schema: ${String(name)}`);
      return;
    }
    for (const listener of this.listeners.get(String(name)) ?? []) listener(checked.payload);
  }
}
