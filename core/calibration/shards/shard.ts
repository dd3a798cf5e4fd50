import type { FineHistogram } from '../fine-histogram.ts';
import type { CalibrationPlan } from '../plan-calibration.ts';
import type { SkippedFile } from '../samples.ts';

/** Which part of the inputs: those at the places index - 1, index - 1 + count, … of the list. */
export interface ShardPart {
  /** From 1 on. */
  readonly index: number;
  readonly count: number;
}

/** What shards of one calibration have in common; others do not merge. */
export interface ShardOrigin {
  /** Of prototxt and caffemodel, one after the other. */
  readonly modelSha256: string;
  /** How pictures became inputs, for a person: two are the same where the texts are. */
  readonly preprocessing: string;
  /** Of the list of all inputs, by their names without folders. */
  readonly inputsSha256: string;
  readonly inputs: number;
  /** Cortado's version. */
  readonly version: string;
}

/** One part of a calibration: what was counted of its inputs, and what the table is made with. */
export interface Shard {
  readonly part: ShardPart;
  readonly origin: ShardOrigin;
  readonly plan: CalibrationPlan;
  readonly used: number;
  readonly sampleCount: number;
  readonly skipped: readonly SkippedFile[];
  /** By region. */
  readonly fine: ReadonlyMap<string, FineHistogram>;
}

/** The inputs of one part, taken in turns so that all parts are as long and alike. */
export function inputsOf(inputs: readonly string[], { index, count }: ShardPart): readonly string[] {
  return inputs.filter((_, place) => place % count === index - 1);
}
