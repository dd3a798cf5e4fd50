import * as v from 'valibot';
import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { CortadoError } from '../../common/errors.ts';
import { writeFileAtomically } from '../../common/files.ts';
import { readInputFile } from '../../common/read-input.ts';
import type { ScaleTable } from '../table.ts';
import { tableText } from '../table-text.ts';

/** How a layer's weights and biases were changed before its scales were chosen. */
export interface LayerTuning {
  /** What each output channel was divided by; its readers' weights were multiplied by the same. */
  readonly divide?: readonly number[] | undefined;
  /**
   * What was taken from every value of the result after that. A layer's ReLU is left out, since int8 saturates where the
   * result would be 0; from the result of another activation it is taken afterwards.
   */
  readonly offset?: number | undefined;
  /** What was added to each output channel's bias besides. */
  readonly addToBias?: readonly number[] | undefined;
  /** The int8 weights, where they are not those nearest to the float ones. */
  readonly rounded?: RoundedWeights | undefined;
}

/** Weights after all other changes: level / scale. */
export interface RoundedWeights {
  /** One per output channel, as in the table. */
  readonly scales: readonly number[];
  /** In the order of the layer's weights. */
  readonly levels: Int8Array;
}

/** By layer. A table that was made with a tuning is of no use without it. */
export type Tuning = ReadonlyMap<string, LayerTuning>;

const version = 5;
const numbers = v.array(v.pipe(v.number(), v.finite()));
const schema = v.object({
  version: v.picklist([1, 2, 3, 4, version]),
  tableSha256: v.string(),
  layers: v.record(
    v.string(),
    v.object({
      divide: v.optional(v.array(v.pipe(v.number(), v.finite(), v.gtValue(0)))),
      offset: v.optional(v.pipe(v.number(), v.finite())),
      addToBias: v.optional(numbers),
      rounded: v.optional(
        v.object({
          scales: v.array(v.pipe(v.number(), v.finite(), v.minValue(0))),
          levels: v.pipe(v.string(), v.base64(), v.transform(levelsOfText)),
        }),
      ),
    }),
  ),
});

/** The file beside a table that holds its tuning. */
export function tuningFile(table: string): string {
  return `${table}.tuning.json`;
}

/**
 * Writes a table and its tuning. Whoever is interrupted between the two leaves a tuning that is refused beside the table that was
 * there, never a table that lacks its tuning. Error: `file.write`.
 */
export async function writeTunedTable(file: string, table: ScaleTable, tuning: Tuning): Promise<void> {
  const text = tableText(table);
  const tableSha256 = createHash('sha256').update(text).digest('hex');
  const content = { version, tableSha256, layers: Object.fromEntries([...tuning].map(asText)) };
  await writeFileAtomically(tuningFile(file), `${JSON.stringify(content)}\n`);
  await writeFileAtomically(file, text);
}

/**
 * The tuning of a table, where there is one beside it.
 * Errors: `file.read`, `tuning.format`, `tuning.table` where the table was changed since.
 */
export async function readTuning(table: string): Promise<Tuning | undefined> {
  const file = tuningFile(table);
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const text = new TextDecoder().decode(await readInputFile(file, 'The tuning'));
  const parsed = v.safeParse(schema, parseJson(text));
  if (!parsed.success) throw damaged(file);
  if (parsed.output.tableSha256 !== (await sha256Of(table))) {
    throw new CortadoError(
      'tuning.table',
      'The tuning belongs to another table than the one beside it.',
      'Calibrate again, or delete the tuning if the table was made without it.',
      { location: { file } },
    );
  }
  return new Map(Object.entries(parsed.output.layers));
}

function asText([layer, { rounded, ...rest }]: readonly [string, LayerTuning]): readonly [string, unknown] {
  if (rounded === undefined) return [layer, rest];
  const { scales, levels } = rounded;
  return [layer, { ...rest, rounded: { scales, levels: Buffer.from(levels).toString('base64') } }];
}

function levelsOfText(text: string): Int8Array {
  return Int8Array.from(Buffer.from(text, 'base64'));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function damaged(file: string): CortadoError {
  return new CortadoError('tuning.format', 'The file is no tuning of this version of Cortado.', 'Calibrate again.', {
    location: { file },
  });
}

async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readInputFile(file, 'The scale table'))
    .digest('hex');
}
