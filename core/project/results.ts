import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { writeFileAtomically } from '../common/files.ts';
import type { Inputs } from './inputs.ts';
import { resultPath } from './layout.ts';
import { RESULTS, type ResultName } from './steps.ts';

const envelopeSchema = v.object({
  format: v.literal('cortado-result'),
  version: v.literal(1),
  step: v.picklist(RESULTS),
  at: v.string(),
  inputs: v.record(v.string(), v.string()),
  data: v.unknown(),
});

/** A result with what it was made of. */
export interface StoredResult {
  readonly step: ResultName;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly inputs: Inputs;
  /** What the stage wrote; the reader of that result knows its form. */
  readonly data: unknown;
}

/** Writes a result, whole, over the one before it. Error: `file.write`. */
export async function writeResult(folder: string, step: ResultName, inputs: Inputs, data: unknown): Promise<void> {
  const content = { format: 'cortado-result', version: 1, step, at: new Date().toISOString(), inputs, data };
  await writeFileAtomically(resultPath(folder, step), `${JSON.stringify(content)}\n`);
}

/** A result, or undefined where there is none that can be read: then the step is simply not done. */
export async function readResult(folder: string, step: ResultName): Promise<StoredResult | undefined> {
  const text = await readFile(resultPath(folder, step), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = v.safeParse(envelopeSchema, parseJson(text));
  return parsed.success && parsed.output.step === step ? parsed.output : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
