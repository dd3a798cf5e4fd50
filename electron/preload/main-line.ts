import type { CallResult, MainCallName, Outcome } from '../shared/ipc-schema.ts';
import { toWireError } from '../shared/wire-error.ts';
import { checkOutcome } from './check.ts';

/** Sends a call to main and checks what comes back. Never rejects. */
export async function callMain<Name extends MainCallName>(
  invoke: (name: Name, args: unknown) => Promise<unknown>,
  name: Name,
  args: unknown,
): Promise<Outcome<CallResult<Name>>> {
  try {
    return checkOutcome(name, await invoke(name, args));
  } catch (error) {
    return { ok: false, error: toWireError(error) };
  }
}
