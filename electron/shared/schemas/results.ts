import * as v from 'valibot';
import { probeSchema } from '../../../core/deploy/agent/events.ts';
import { reportSchema } from '../../../core/report/schema.ts';
import { count, index, path, text } from './basics.ts';
import { topSchema } from './network.ts';

/** Runtimes that can run the network in fp32 here; the first usable one is used. */
export const deviceSchema = v.object({ id: text, name: text, usable: v.boolean(), used: v.boolean(), reason: text });

/** `trouble` is the error that int8 alone makes in these values, relative to their size (core/calibration/rounding-error.ts). */
const calibratedSchema = v.object({
  key: text,
  layer: text,
  blob: text,
  max: v.number(),
  threshold: v.number(),
  scale: v.number(),
  clippedShare: v.number(),
  trouble: v.number(),
});

export const calibrationSchema = v.object({
  method: text,
  format: text,
  device: text,
  used: index,
  skipped: v.array(v.object({ path, reason: text })),
  notes: v.array(text),
  layers: v.array(calibratedSchema),
  tableFile: path,
});
export type CalibrationView = v.InferOutput<typeof calibrationSchema>;

/** Counts over equal bins from 0 to `max`. */
export const histogramSchema = v.object({ key: text, max: v.number(), threshold: v.number(), counts: v.array(count) });
export type HistogramView = v.InferOutput<typeof histogramSchema>;

const shareSchema = v.object({ top1: v.number(), top5: v.number() });

export const accuracySchema = v.object({
  pictures: index,
  /** Null without labels. */
  labelled: v.nullable(v.object({ pictures: index, fp32: shareSchema, int8: shareSchema })),
  /** Share of pictures where int8's first answer is fp32's (`top1`) or among fp32's first five (`top5`). */
  agreement: shareSchema,
  /** Pictures where the two part, the surest of fp32 first. */
  differences: v.array(v.object({ index, path, label: v.nullable(text), fp32: topSchema, int8: topSchema })),
  /** In the network's order. Errors are relative to the blob's own root mean square. */
  layers: v.array(v.object({ layer: text, blob: text, accumulated: v.number(), alone: v.nullable(v.number()) })),
  /** Codes for the catalogue with the numbers they speak of. */
  advice: v.array(v.object({ code: text, layers: v.array(text) })),
});
export type AccuracyView = v.InferOutput<typeof accuracySchema>;

/** What the search for the best accuracy tried, in order, and which scales it ended with. */
export const tuningSchema = v.object({
  /** Inputs that candidates were compared on; calibration did not see them. */
  steps: v.array(
    v.object({
      what: text,
      /** How far the outputs are from fp32's, 0 (equal) to 1: `outputLoss` of core/tuning. */
      loss: v.number(),
      /** Share of inputs with the first class of fp32. */
      agreement: v.number(),
      kept: v.boolean(),
    }),
  ),
  /** Whether anything was closer to fp32 than what was tried first, which is what calibration does. */
  won: v.boolean(),
  /** Layers that it leaves in float; results of earlier versions do not tell. */
  keptFloat: v.optional(v.array(text), []),
});
export type TuningView = v.InferOutput<typeof tuningSchema>;

/** `AcceleratorPlan` of core/build/fpga: what the accelerator and the processor do, estimated before anything runs. */
export const acceleratorPlanSchema = v.object({
  board: text,
  part: text,
  clockHz: count,
  programs: index,
  cycles: count,
  nanoseconds: count,
  bytes: count,
  macs: count,
  /** Share of what the array could do. */
  efficiency: v.number(),
  sharedBytes: count,
  layers: v.array(
    v.object({
      layer: text,
      kind: text,
      runsOn: v.picklist(['accelerator', 'processor']),
      reason: v.nullable(text),
      macs: count,
      cycles: v.nullable(count),
      bytes: v.nullable(count),
    }),
  ),
});
export type AcceleratorPlanView = v.InferOutput<typeof acceleratorPlanSchema>;

export const buildSchema = v.object({
  file: path,
  bytes: index,
  sha256: text,
  target: text,
  precision: text,
  layers: v.array(v.object({ layer: text, runsAs: text, reason: text })),
  notes: v.array(text),
  /** What float16 weights cost on the check's picture: the largest error of an output, relative to its largest value. */
  halfError: v.nullable(v.number()),
  plan: v.nullable(acceleratorPlanSchema),
});
export type BuildView = v.InferOutput<typeof buildSchema>;

const resourceUseSchema = v.object({ used: count, available: count });

/** `CheckedBitstream` of core/build/fpga/vivado. */
export const checkedBitstreamSchema = v.object({
  header: v.object({ design: text, part: text, date: text, time: text, bytes: index }),
  utilisation: v.nullable(
    v.object({
      luts: resourceUseSchema,
      flipFlops: resourceUseSchema,
      blockRams: resourceUseSchema,
      dspSlices: resourceUseSchema,
    }),
  ),
  timing: v.nullable(v.object({ setupSlackNs: v.number(), holdSlackNs: v.number(), met: v.boolean() })),
  notes: v.array(text),
});
export type CheckedBitstreamView = v.InferOutput<typeof checkedBitstreamSchema>;

/** `BitstreamCommand` of core/build/fpga/vivado. */
export const bitstreamCommandSchema = v.object({ vivado: v.nullable(path), folder: path, command: text, file: path });
export type BitstreamCommandView = v.InferOutput<typeof bitstreamCommandSchema>;

/** `BoardDescription` of core/deploy. */
export const boardDescriptionSchema = v.object({
  id: text,
  name: text,
  kind: v.picklist(['board', 'generic', 'virtual']),
  soc: v.exactOptional(text),
  architectures: v.array(text),
  cores: v.array(v.object({ core: text, count: index, maxClockMHz: v.exactOptional(index) })),
  features: v.array(text),
  memoryMiB: v.array(index),
  fpga: v.exactOptional(v.object({ part: text, family: text, luts: index, dspSlices: index })),
  /**
   * The accelerator that can be built for it, at its usual clock, and whether it can be simulated on this computer; null where there is
   * none.
   */
  accelerator: v.nullable(v.object({ part: text, clockHz: count, simulated: v.boolean() })),
  notes: v.array(text),
});
export type BoardDescriptionView = v.InferOutput<typeof boardDescriptionSchema>;

/** A computer of the local network that one can log in to (core/deploy/find-boards). */
export const foundBoardSchema = v.object({ host: text, name: text, address: v.nullable(text), port: index });
export type FoundBoardView = v.InferOutput<typeof foundBoardSchema>;

/** What the probe found, with warnings in sentences. */
export const boardViewSchema = v.object({
  address: text,
  /** Id of the description that fits; null where none does. */
  recognised: v.nullable(text),
  hostKey: v.object({ type: text, fingerprint: text }),
  virtual: v.boolean(),
  emulated: v.boolean(),
  probe: probeSchema,
  warnings: v.array(text),
});
export type BoardView = v.InferOutput<typeof boardViewSchema>;

export const reportSummarySchema = v.object({
  id: text,
  startedAt: text,
  address: text,
  board: text,
  network: text,
  precision: text,
  target: text,
  backend: text,
  medianNs: count,
  p99Ns: count,
  virtual: v.boolean(),
});
export type ReportSummary = v.InferOutput<typeof reportSummarySchema>;

const findingSchema = v.object({ level: v.picklist(['good', 'caution', 'bad']), code: text, text });

export const reportViewSchema = v.object({
  id: text,
  report: reportSchema,
  level: v.picklist(['good', 'caution', 'bad']),
  findings: v.array(findingSchema),
});
export type ReportView = v.InferOutput<typeof reportViewSchema>;

/** Of core/report's comparison: a ratio above 1 means that the second is better. */
export const comparisonSchema = v.object({
  first: text,
  second: text,
  reasons: v.array(text),
  rows: v.array(
    v.object({
      name: text,
      kind: v.picklist(['duration', 'bytes', 'rate']),
      first: v.nullable(v.number()),
      second: v.nullable(v.number()),
      ratio: v.nullable(v.number()),
    }),
  ),
});
export type ComparisonView = v.InferOutput<typeof comparisonSchema>;

/** What a board says while a package runs there. */
export const liveSchema = v.variant('kind', [
  v.object({ kind: v.literal('samples'), total: index, latenciesNs: v.array(count) }),
  v.object({
    kind: v.literal('conditions'),
    phase: v.picklist(['before', 'during', 'after']),
    clocks: v.array(v.object({ cpu: count, hz: count })),
    temperatures: v.array(v.object({ zone: text, celsius: v.number() })),
  }),
]);
export type Live = v.InferOutput<typeof liveSchema>;
