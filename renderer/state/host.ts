import type { CortadoApi, Outcome } from '../../electron/shared/ipc-schema.ts';

/** What the states below the app's need of it. */
export interface Host {
  readonly api: CortadoApi;
  /** The value of an outcome, or undefined after its error was noted for the user. */
  taken<T>(outcome: Outcome<T>): T | undefined;
}
