import { CortadoError } from '../../common/errors.ts';
import { chooseThresholds, type ChosenThresholds } from '../choose-thresholds.ts';
import { tableFormats } from '../formats/index.ts';
import type { SkippedFile } from '../samples.ts';
import type { Shard } from './shard.ts';
import { readShard } from './shard-file.ts';

export interface MergedCalibration extends Omit<ChosenThresholds, 'duration'> {
  readonly used: number;
  readonly skipped: readonly SkippedFile[];
}

/**
 * Puts the parts of a calibration together. Counts merge exactly, so the table is the one that a calibration of all inputs
 * in one pass gives, byte for byte, in whatever order the files are named. One shard is in memory at a time, besides the sum.
 *
 * Errors, with the file at fault: `shard.none`, `shard.mismatch`, `shard.twice`, `shard.missing`, those of `readShard`
 * and of `chooseThresholds`.
 */
export async function mergeShards(paths: readonly string[], signal?: AbortSignal): Promise<MergedCalibration> {
  const files = new Map<number, string>();
  let sum: Shard | undefined;
  for (const path of paths) {
    signal?.throwIfAborted();
    const shard = await readShard(path);
    if (sum !== undefined) requireSameCalibration(path, shard, paths[0], sum);
    const { index } = shard.part;
    const before = files.get(index);
    if (before !== undefined) throw twice(path, before, index);
    files.set(index, path);
    sum = sum === undefined ? shard : added(sum, shard);
  }
  if (sum === undefined) throw none();
  requireAll(sum.part.count, files);

  const { plan, used, sampleCount, skipped, fine } = sum;
  const { counted } = tableFormats[plan.format].methods[plan.methodName];
  const regions = [...fine].map(
    ([id, values]) => [id, { range: values.range, histogram: values.histogram(counted) }] as const,
  );
  const values = { used, sampleCount, skipped, regions: new Map(regions) };
  const { table, layers, notes, method } = await chooseThresholds(plan, values, { signal });
  return { table, layers, notes, method, used, skipped };
}

function added(sum: Shard, shard: Shard): Shard {
  for (const [id, histogram] of shard.fine) sum.fine.get(id)?.merge(histogram);
  return {
    ...sum,
    used: sum.used + shard.used,
    sampleCount: sum.sampleCount + shard.sampleCount,
    skipped: [...sum.skipped, ...shard.skipped],
  };
}

/** What a user calls each thing that has to be the same, and what it is in a shard. */
const sameThings: readonly (readonly [what: string, value: (shard: Shard) => string])[] = [
  ['version of Cortado', ({ origin }) => origin.version],
  ['model', ({ origin }) => origin.modelSha256],
  ['preprocessing', ({ origin }) => origin.preprocessing],
  ['list of inputs', ({ origin }) => `${origin.inputs} ${origin.inputsSha256}`],
  ['number of shards', ({ part }) => String(part.count)],
  ['format', ({ plan }) => plan.format],
  ['method', ({ plan }) => plan.methodName],
  ['grouping', ({ plan }) => String(plan.group)],
  ['set of blobs', ({ fine }) => [...fine.keys()].join('\n')],
];

function requireSameCalibration(path: string, shard: Shard, firstPath: string, first: Shard): void {
  const different = sameThings.find(([, value]) => value(shard) !== value(first));
  if (different === undefined) return;
  const [what, value] = different;
  const isReadable = !['model', 'list of inputs', 'set of blobs'].includes(what);
  const both = isReadable ? ` (${value(shard)}; ${value(first)})` : '';
  throw new CortadoError(
    'shard.mismatch',
    `The shard has another ${what} than ${firstPath}${both}.`,
    'Merge shards of one calibration: the same model, inputs, preprocessing and options, with I/N alone different.',
    { location: { file: path, field: what } },
  );
}

function requireAll(count: number, files: ReadonlyMap<number, string>): void {
  const missing = Array.from({ length: count }, (_, place) => place + 1).filter((index) => !files.has(index));
  if (missing.length === 0) return;
  const named = missing.slice(0, 20).map((index) => `${index}/${count}`);
  throw new CortadoError(
    'shard.missing',
    `Of ${count} shards ${missing.length} are missing: ${named.join(', ')}${missing.length > 20 ? ', …' : ''}.`,
    'Run "cortado calibrate --shard" for them, and name all files.',
  );
}

function twice(file: string, before: string, index: number): CortadoError {
  return new CortadoError(
    'shard.twice',
    `Shard ${index} is given twice: ${before} is the same part.`,
    'Name every shard once: counted twice, its inputs would weigh double.',
    { location: { file } },
  );
}

function none(): CortadoError {
  return new CortadoError('shard.none', 'There is no shard to merge.', 'Name the files of all shards.');
}
