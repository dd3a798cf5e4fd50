import * as v from 'valibot';

/** Raised when a reader of the older version would misread a report. */
export const REPORT_VERSION = 1;

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const text = v.string();
const sha256 = v.string();
const moment = v.pipe(v.string(), v.isoTimestamp());

const core = v.object({
  name: v.nullable(text),
  count,
  minHz: v.nullable(count),
  maxHz: v.nullable(count),
  governor: v.nullable(text),
});

const conditions = v.object({
  phase: v.picklist(['before', 'during', 'after']),
  clocks: v.array(v.object({ cpu: count, hz: count })),
  temperatures: v.array(v.object({ zone: text, celsius: v.number() })),
  /** null where the board cannot tell. */
  throttled: v.nullable(v.boolean()),
  governors: v.array(text),
});

const layer = v.object({
  layer: text,
  kind: text,
  kernel: v.nullable(text),
  /** From separate profiled runs; their sum is not the latency. */
  medianNs: count,
  macs: count,
  /** On the accelerator; null on the processor. */
  cycles: v.optional(v.nullable(count), null),
});

const output = v.object({
  name: text,
  shape: v.array(count),
  /** The largest values, at most five. */
  top: v.array(v.object({ index: count, value: v.number(), label: v.nullable(text) })),
});

const accelerator = v.object({
  /** `Verilated xc7z020`, `uio0` */
  device: text,
  part: text,
  /** Cycles are the RTL's own; times are these at the clock. */
  simulated: v.boolean(),
  clockHz: count,
  bitstream: v.nullable(text),
  plannedFor: v.object({ board: text, clockHz: count, memoryBytesPerSecond: count }),
  /** Of a simulated memory. */
  memoryBytesPerSecond: v.nullable(count),
  memoryLatencyCycles: v.nullable(count),
  programs: count,
  operations: count,
  sharedBytes: count,
  /** Of one inference, all programs together. */
  cycles: count,
  estimatedCycles: count,
  arrayActiveCycles: count,
  vectorActiveCycles: count,
  waitWeightsCycles: count,
  waitTokensCycles: count,
  waitDrainCycles: count,
  readBytes: count,
  writeBytes: count,
  estimatedBytes: count,
  macs: count,
  macsPerCycle: count,
  /** The processor's part; with a simulated accelerator it is not in the latency. */
  processorNs: count,
});

const summary = v.object({
  count,
  minNs: count,
  maxNs: count,
  meanNs: count,
  medianNs: count,
  p90Ns: count,
  p95Ns: count,
  p99Ns: count,
  standardDeviationNs: count,
  medianAbsoluteDeviationNs: count,
  perSecond: count,
});

/**
 * What one run of one package on one board gave. Times are nanoseconds, memory bytes, clocks hertz, moments ISO 8601 in UTC.
 * Fields are only ever added within a version.
 */
export const reportSchema = v.object({
  format: v.literal('cortado-report'),
  version: v.literal(REPORT_VERSION),
  tool: v.object({ name: text, version: text }),
  startedAt: moment,
  endedAt: moment,
  board: v.object({
    /** As the user named it. */
    address: text,
    kind: v.picklist(['real', 'virtual']),
    /** Another processor was imitated: times mean nothing. */
    emulated: v.boolean(),
    hostname: text,
    model: v.nullable(text),
    machine: text,
    architecture: text,
    kernel: text,
    os: v.nullable(text),
    hostKey: text,
    totalMemoryBytes: count,
    availableMemoryBytes: count,
    freeStorageBytes: v.nullable(count),
    cpu: v.object({ count, online: count, cores: v.array(core), features: v.array(text) }),
    fpga: v.nullable(text),
  }),
  agent: v.object({ version: text, architecture: text }),
  package: v.object({
    file: text,
    name: text,
    bytes: count,
    sha256,
    formatVersion: count,
    builder: text,
    target: text,
    precision: text,
    modelSha256: sha256,
    tableSha256: v.nullable(sha256),
    operations: count,
    macs: count,
  }),
  run: v.object({
    backend: text,
    threads: count,
    warmup: count,
    input: v.picklist(['golden', 'given']),
    loadNs: count,
    packedBytes: count,
    arenaBytes: count,
    peakMemoryBytes: v.nullable(count),
    energyJoules: v.nullable(v.number()),
    kernels: v.array(v.object({ layer: text, kernel: text })),
  }),
  verification: v.object({
    goldenInputs: count,
    int8Blobs: count,
    floatOutputs: v.array(v.object({ name: text, maxDifference: v.number(), tolerance: v.number() })),
  }),
  latency: v.object({
    samplesNs: v.pipe(v.array(count), v.minLength(1)),
    /** For other programs; Cortado computes it anew from the samples. */
    summary,
  }),
  /** null where the processor ran everything. */
  accelerator: v.optional(v.nullable(accelerator), null),
  /** null where no profile was asked for. */
  layers: v.nullable(v.array(layer)),
  conditions: v.array(conditions),
  outputs: v.array(output),
  warnings: v.array(text),
});

export type Report = v.InferOutput<typeof reportSchema>;
export type ReportConditions = v.InferOutput<typeof conditions>;
export type ReportAccelerator = v.InferOutput<typeof accelerator>;
export type ReportLayer = v.InferOutput<typeof layer>;
