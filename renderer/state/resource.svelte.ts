import type { Outcome } from '../../electron/shared/ipc-schema.ts';
import type { WireError } from '../../electron/shared/schemas/basics.ts';

/** Something that is asked for: what came last, whether it is on its way, and what went wrong. */
export class Resource<T> {
  value = $state.raw<T>();
  error = $state.raw<WireError>();
  isLoading = $state(false);
  private newest = 0;

  constructor(private readonly ask: () => Promise<Outcome<T>>) {}

  /** Asks again; an older answer that comes late is dropped. What is there stays until the new one is. */
  async load(): Promise<void> {
    const mine = ++this.newest;
    this.isLoading = true;
    const outcome = await this.ask();
    if (mine !== this.newest) return;
    this.isLoading = false;
    this.error = outcome.ok ? undefined : outcome.error;
    if (outcome.ok) this.value = outcome.value;
  }
}
