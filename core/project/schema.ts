import * as v from 'valibot';

/** Raised when a reader of the older version would misread a project. */
export const PROJECT_VERSION = 1;

const text = v.pipe(v.string(), v.nonEmpty());
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const side = v.pipe(count, v.maxValue(65_536));
const size = v.strictObject({ width: side, height: side });
/** Relative to the project's folder where the file lies inside it, else absolute. */
const path = text;

const modelSchema = v.strictObject({ proto: v.nullable(path), weights: v.nullable(path) });

/** What the user says of the preprocessing; what is null comes from the prototxt or a default. */
const preprocessingSchema = v.strictObject({
  mean: v.nullable(v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1))),
  meanFile: v.nullable(path),
  norm: v.nullable(v.pipe(v.number(), v.finite())),
  size: v.nullable(size),
  channels: v.nullable(v.picklist(['bgr', 'rgb', 'gray'])),
});

const imagesSchema = v.strictObject({
  /** A folder, a list file or a picture. */
  source: v.nullable(path),
  /** One `file,class` a line. */
  labels: v.nullable(path),
  /** Names of the classes, one a line. */
  classNames: v.nullable(path),
  preprocessing: preprocessingSchema,
});

const calibrateSchema = v.strictObject({
  format: v.picklist(['ncnn', 'release', 'dev-weight']),
  /** Null: the format's own. */
  method: v.nullable(text),
  group: v.nullable(v.picklist([0, 1])),
  threads: v.nullable(count),
  /** What forwards: what is quickest here, a GPU even where that is slower, or the processor. */
  device: v.optional(v.picklist(['auto', 'gpu', 'cpu']), 'auto'),
  /** A table of the user's own, used instead of calibrating. */
  table: v.nullable(path),
});

const accuracySchema = v.strictObject({
  /** At most this many pictures; null for all. */
  pictures: v.nullable(count),
  /** Layers that stay in float. */
  keepInFloat: v.array(text),
  /** Which scales are used: those of the step "calibrate", or those that the search for the best accuracy found. */
  scales: v.optional(v.picklist(['calibrated', 'best']), 'calibrated'),
  /** Whether that search may leave cheap layers in float. */
  floatLayers: v.optional(v.picklist(['cheap', 'none']), 'cheap'),
});

const targetSchema = v.strictObject({
  /** Id of a board description. */
  board: v.nullable(text),
  backend: v.picklist(['neon', 'fpga']),
  precision: v.picklist(['int8', 'fp16', 'fp32']),
  /** Picture for the golden input; null for the first of the images. */
  golden: v.nullable(path),
  /** The accelerator's .bit, for a board that has not loaded it; null where it has, or the processor shall do. */
  bitstream: v.optional(v.nullable(path), null),
});

const boardSchema = v.strictObject({
  /** `user@host[:port]` or `virtual`. Never a password: those live in the system's keychain. */
  address: v.nullable(text),
  identityFile: v.nullable(path),
  keepOnBoard: v.boolean(),
});

const runSchema = v.strictObject({
  iterations: count,
  warmup: v.pipe(v.number(), v.integer(), v.minValue(0)),
  threads: v.nullable(count),
  backend: v.picklist(['auto', 'reference', 'neon']),
  /** A picture that the board shall answer; null for that of the check. */
  picture: v.optional(v.nullable(path), null),
});

/** What the user has decided, by step. */
export const decisionsSchema = v.strictObject({
  model: modelSchema,
  images: imagesSchema,
  calibrate: calibrateSchema,
  accuracy: accuracySchema,
  target: targetSchema,
  board: boardSchema,
  run: runSchema,
});

/** A change of one step's decision: only what is named changes. */
export const decisionChangeSchema = v.variant('step', [
  v.strictObject({ step: v.literal('model'), change: v.partial(modelSchema) }),
  v.strictObject({ step: v.literal('images'), change: v.partial(imagesSchema) }),
  v.strictObject({ step: v.literal('calibrate'), change: v.partial(calibrateSchema) }),
  v.strictObject({ step: v.literal('accuracy'), change: v.partial(accuracySchema) }),
  v.strictObject({ step: v.literal('target'), change: v.partial(targetSchema) }),
  v.strictObject({ step: v.literal('board'), change: v.partial(boardSchema) }),
  v.strictObject({ step: v.literal('run'), change: v.partial(runSchema) }),
]);

/** `project.json`: what the user decided and nothing that can be derived from it or from the files beside it. */
export const projectFileSchema = v.strictObject({
  format: v.literal('cortado-project'),
  version: v.literal(PROJECT_VERSION),
  name: text,
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  decisions: decisionsSchema,
});

export type Decisions = v.InferOutput<typeof decisionsSchema>;
export type DecisionChange = v.InferOutput<typeof decisionChangeSchema>;
export type ProjectFile = v.InferOutput<typeof projectFileSchema>;

/** What a new project starts from. */
export const INITIAL_DECISIONS: Decisions = {
  model: { proto: null, weights: null },
  images: {
    source: null,
    labels: null,
    classNames: null,
    preprocessing: { mean: null, meanFile: null, norm: null, size: null, channels: null },
  },
  calibrate: { format: 'ncnn', method: null, group: null, threads: null, device: 'auto', table: null },
  accuracy: { pictures: null, keepInFloat: [], scales: 'calibrated', floatLayers: 'cheap' },
  target: { board: null, backend: 'neon', precision: 'int8', golden: null, bitstream: null },
  board: { address: null, identityFile: null, keepOnBoard: false },
  run: { iterations: 100, warmup: 10, threads: null, backend: 'auto', picture: null },
};
