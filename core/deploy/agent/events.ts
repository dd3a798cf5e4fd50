import * as v from 'valibot';

// The agent's NDJSON as docs/agent-protocol.md has it. Fields that a newer agent adds are passed over.

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const text = v.string();

export const clockSchema = v.object({ cpu: count, hz: count });
export const temperatureSchema = v.object({ zone: text, celsius: v.pipe(v.number(), v.finite()) });
const throttled = v.nullable(v.boolean());

const coreSchema = v.object({
  name: v.nullable(text),
  implementer: v.nullish(v.union([text, count]), null),
  part: v.nullish(v.union([text, count]), null),
  count,
  minHz: v.nullish(count, null),
  maxHz: v.nullish(count, null),
  governor: v.nullish(text, null),
});

export const probeSchema = v.object({
  event: v.literal('probe'),
  agent: v.object({ version: text, architecture: text, formatVersion: count }),
  system: v.object({
    kernel: text,
    hostname: text,
    machine: text,
    model: v.nullish(text, null),
    os: v.nullish(text, null),
  }),
  cpu: v.object({
    count,
    online: count,
    cores: v.array(coreSchema),
    features: v.array(text),
    neon: v.boolean(),
    dotprod: v.boolean(),
    i8mm: v.boolean(),
    fp16: v.boolean(),
  }),
  memory: v.object({ totalBytes: count, availableBytes: count }),
  storage: v.nullish(v.object({ path: text, freeBytes: count }), null),
  clocks: v.array(clockSchema),
  temperatures: v.array(temperatureSchema),
  throttled: v.nullish(throttled, null),
  fpga: v.nullish(
    v.object({
      manager: v.nullable(text),
      state: v.nullish(text, null),
      part: v.nullish(text, null),
      uio: v.optional(v.array(v.object({ device: text, name: text, address: count, bytes: count })), []),
      buffers: v.optional(v.array(v.object({ kind: text, name: text, bytes: count })), []),
      cma: v.nullish(v.object({ totalBytes: count, freeBytes: count }), null),
    }),
    null,
  ),
});

/** Numbers that the accelerator counted in the last timed run. */
export const acceleratorCountsSchema = v.object({
  simulated: v.boolean(),
  clockHz: count,
  cycles: count,
  /** In which the array took pixels, and the vector unit. */
  arrayActiveCycles: count,
  vectorActiveCycles: count,
  /** In which the array waited: for weights, for another unit, for its results to be taken. */
  waitWeightsCycles: count,
  waitTokensCycles: count,
  waitDrainCycles: count,
  readBytes: count,
  writeBytes: count,
  /** Of the layers that ran there. */
  macs: count,
  /** The most that the array can do. */
  macsPerCycle: count,
  estimatedCycles: count,
  estimatedBytes: count,
  /** The processor's part of the run; with a simulated accelerator that of another processor than the board's. */
  processorNs: count,
});

export const acceleratorSchema = v.object({
  device: text,
  part: text,
  simulated: v.boolean(),
  clockHz: count,
  plannedFor: v.object({ board: text, clockHz: count, memoryBytesPerSecond: count }),
  programs: count,
  /** That run there. */
  operations: count,
  sharedBytes: count,
  /** Of the simulated memory. */
  memoryBytesPerSecond: v.nullish(count, null),
  memoryLatencyCycles: v.nullish(count, null),
});

const loadingSchema = v.object({ event: v.literal('loading'), bytes: count });

export const loadedSchema = v.object({
  event: v.literal('loaded'),
  name: text,
  formatVersion: count,
  fingerprint: v.object({
    builder: text,
    target: text,
    precision: text,
    modelSha256: text,
    tableSha256: v.nullish(text, null),
    bitstream: v.nullish(text, null),
  }),
  operations: count,
  macs: count,
  loadNs: count,
  memory: v.object({ packageBytes: count, packedBytes: count, arenaBytes: count }),
  backend: text,
  threads: count,
  kernels: v.array(v.object({ layer: text, kernel: text })),
  accelerator: v.nullish(acceleratorSchema, null),
});

/** The package has programs for an accelerator, and the processor runs it. */
export const fallbackSchema = v.object({ event: v.literal('fallback'), code: text, message: text, advice: text });

export const verifiedSchema = v.object({
  event: v.literal('verified'),
  golden: count,
  int8Blobs: count,
  floatOutputs: v.array(v.object({ name: text, maxDifference: v.number(), tolerance: v.number() })),
});

const warmupSchema = v.object({ event: v.literal('warmup'), done: count, total: count });

export const conditionsSchema = v.object({
  event: v.literal('conditions'),
  phase: v.picklist(['before', 'during', 'after']),
  clocks: v.array(clockSchema),
  temperatures: v.array(temperatureSchema),
  throttled: v.nullish(throttled, null),
  governors: v.nullish(v.array(text), []),
});

const sampleSchema = v.object({ event: v.literal('sample'), index: count, total: count, latencyNs: count });

export const layersSchema = v.object({
  event: v.literal('layers'),
  layers: v.array(
    v.object({
      layer: text,
      kind: text,
      kernel: v.nullish(text, null),
      medianNs: count,
      macs: v.nullish(count, 0),
      /** On the accelerator. */
      cycles: v.nullish(count, null),
    }),
  ),
});

export const outputSchema = v.object({
  event: v.literal('output'),
  input: count,
  name: text,
  shape: v.array(count),
  file: v.nullish(text, null),
  top: v.nullish(v.array(v.object({ index: count, value: v.number(), label: v.nullish(text, null) })), []),
});

const aliveSchema = v.object({ event: v.literal('alive'), stage: text });

export const doneSchema = v.object({
  event: v.literal('done'),
  latenciesNs: v.array(count),
  peakMemoryBytes: v.nullish(count, null),
  energy: v.nullish(v.number(), null),
  accelerator: v.nullish(acceleratorCountsSchema, null),
});

const errorSchema = v.object({
  event: v.literal('error'),
  code: text,
  message: text,
  advice: v.nullish(text, ''),
  detail: v.nullish(v.record(text, v.unknown()), {}),
});

const eventSchema = v.variant('event', [
  probeSchema,
  loadingSchema,
  loadedSchema,
  fallbackSchema,
  verifiedSchema,
  warmupSchema,
  conditionsSchema,
  sampleSchema,
  layersSchema,
  outputSchema,
  aliveSchema,
  doneSchema,
  errorSchema,
]);

export type AgentEvent = v.InferOutput<typeof eventSchema>;
export type ProbeEvent = v.InferOutput<typeof probeSchema>;
export type FallbackEvent = v.InferOutput<typeof fallbackSchema>;
export type LoadedEvent = v.InferOutput<typeof loadedSchema>;
export type VerifiedEvent = v.InferOutput<typeof verifiedSchema>;
export type ConditionsEvent = v.InferOutput<typeof conditionsSchema>;
export type LayersEvent = v.InferOutput<typeof layersSchema>;
export type OutputEvent = v.InferOutput<typeof outputSchema>;
export type DoneEvent = v.InferOutput<typeof doneSchema>;
export type AgentErrorEvent = v.InferOutput<typeof errorSchema>;

export type ParsedLine =
  | { readonly kind: 'event'; readonly event: AgentEvent }
  /** Not JSON, no event, or one that a newer agent knows: shown in the log, nothing else. */
  | { readonly kind: 'other'; readonly reason: string };

const KNOWN = new Set(eventSchema.options.map((option) => option.entries.event.literal as string));

/** Reads one line of the agent's output. Never throws. */
export function parseAgentLine(line: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'other', reason: 'a line that is not JSON' };
  }
  const result = v.safeParse(eventSchema, value);
  if (result.success) return { kind: 'event', event: result.output };
  const name = (value as { event?: unknown } | null)?.event;
  if (typeof name !== 'string') return { kind: 'other', reason: 'an object without an event' };
  if (!KNOWN.has(name)) return { kind: 'other', reason: `the event "${name}", which this version does not know` };
  const issue = result.issues[0];
  return {
    kind: 'other',
    reason: `the event "${name}" with a wrong ${v.getDotPath(issue) ?? 'form'}: ${issue.message}`,
  };
}
