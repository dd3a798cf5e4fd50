import * as v from 'valibot';
import { CortadoError } from '../../core/common/errors.ts';
import type { CallArgs, CallName, CallResult, Outcome } from './ipc-schema.ts';
import { toWireError } from './wire-error.ts';

/** One function per call. */
export type Handlers<Names extends CallName> = {
  readonly [Name in Names]: (args: CallArgs<Name>) => Promise<CallResult<Name>> | CallResult<Name>;
};

type Definitions = Readonly<Record<string, { readonly args: v.GenericSchema }>>;
type AnyHandler = (args: unknown) => unknown;

/**
 * Answers one call that came from another process: looks its name up, checks its arguments and runs the handler. Never
 * rejects: whatever goes wrong is the outcome.
 */
export async function answerCall(
  definitions: Definitions,
  handlers: Readonly<Record<string, unknown>>,
  name: unknown,
  args: unknown,
): Promise<Outcome<unknown>> {
  try {
    if (typeof name !== 'string' || !Object.hasOwn(definitions, name))
      throw refused(String(name), 'there is no such call');
    const parsed = v.safeParse(definitions[name].args, args);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      throw refused(name, `${v.getDotPath(issue) ?? 'its argument'}: ${issue.message}`);
    }
    return { ok: true, value: await (handlers[name] as AnyHandler)(parsed.output) };
  } catch (error) {
    return { ok: false, error: toWireError(error) };
  }
}

function refused(name: string, reason: string): CortadoError {
  return new CortadoError(
    'ipc.refused',
    `The call ${name} was refused: ${reason}.`,
    'This is a defect of Cortado: please report it with the copied details.',
  );
}
