import * as v from 'valibot';
import { CortadoError } from '../../core/common/errors.ts';
import { engineCalls, events, mainCalls, type CallName, type CallResult, type Outcome } from '../shared/ipc-schema.ts';
import { errorSchema, type WireError } from '../shared/schemas/basics.ts';
import { toWireError } from '../shared/wire-error.ts';

const definitions: Readonly<Record<CallName, { readonly result: v.GenericSchema }>> = { ...mainCalls, ...engineCalls };
const outcomeSchema = v.variant('ok', [
  v.object({ ok: v.literal(true), value: v.unknown() }),
  v.object({ ok: v.literal(false), error: errorSchema }),
]);

/** What another process answered, if it is what the schema says; else the outcome says what is wrong with it. */
export function checkOutcome<Name extends CallName>(name: Name, outcome: unknown): Outcome<CallResult<Name>> {
  const parsed = v.safeParse(outcomeSchema, outcome);
  if (!parsed.success) return { ok: false, error: malformed(`The answer to ${name}`) };
  if (!parsed.output.ok) return parsed.output;
  const value = v.safeParse(definitions[name].result, parsed.output.value);
  if (value.success) return { ok: true, value: value.output as CallResult<Name> };
  const [issue] = value.issues;
  return { ok: false, error: malformed(`The answer to ${name}`, `${v.getDotPath(issue) ?? ''} ${issue.message}`) };
}

/** An event's payload where name and payload fit the schema, else undefined. */
export function checkEvent(name: unknown, payload: unknown): { readonly payload: unknown } | undefined {
  if (typeof name !== 'string' || !Object.hasOwn(events, name)) return undefined;
  const parsed = v.safeParse(events[name as keyof typeof events], payload);
  return parsed.success ? { payload: parsed.output } : undefined;
}

function malformed(what: string, detail = ''): WireError {
  return toWireError(
    new CortadoError(
      'ipc.malformed',
      `${what} is not what was agreed on${detail === '' ? '' : `: ${detail}`}.`,
      'This is a defect of Cortado: please report it with the copied details.',
    ),
  );
}
