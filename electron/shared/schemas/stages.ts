import * as v from 'valibot';
import { STEPS, type ResultName, type Step } from '../../../core/project/steps.ts';
import { decisionsSchema } from '../../../core/project/schema.ts';
import { count, errorSchema, index, text } from './basics.ts';

/** What runs long. `load` also runs by itself when the model changes; `tune` searches for the best accuracy. */
export const stageNames = ['load', 'evidence', 'calibrate', 'accuracy', 'tune', 'build', 'probe', 'run'] as const;
export const stageNameSchema = v.picklist(stageNames);
export type StageName = (typeof stageNames)[number];

/** The step that a stage belongs to. */
export const stepOfStage: Readonly<Record<StageName, Step>> = {
  load: 'model',
  evidence: 'images',
  calibrate: 'calibrate',
  accuracy: 'accuracy',
  tune: 'accuracy',
  build: 'target',
  probe: 'board',
  run: 'run',
};

/** The result that a stage makes: its step's, unless the step has two. */
export function resultOfStage(stage: StageName): ResultName {
  return stage === 'tune' ? 'tuning' : stepOfStage[stage];
}

export const stageStatusSchema = v.picklist(['idle', 'queued', 'running', 'done', 'warning', 'failed', 'cancelled']);

/** One part of a stage: `connect`, `upload`, `verify` of `run`. */
const partSchema = v.object({
  name: text,
  status: v.picklist(['queued', 'running', 'done', 'warning', 'failed']),
  detail: v.nullable(text),
});

/** The whole state of one stage; each event carries all of it, so that one that is missed does no harm. */
export const stageSchema = v.object({
  stage: stageNameSchema,
  status: stageStatusSchema,
  /** Counts the starts; 0 before the first. */
  run: index,
  elapsedSeconds: count,
  /** Null until it can be told. */
  secondsLeft: v.nullable(count),
  /** What is being done, in words; empty before the first progress. */
  activity: text,
  done: count,
  /** 0 where it is not known. */
  total: count,
  unit: text,
  detail: text,
  parts: v.array(partSchema),
  warnings: v.array(text),
  error: v.nullable(errorSchema),
});
export type StageView = v.InferOutput<typeof stageSchema>;

export const stepStatusSchema = v.object({
  step: v.picklist(STEPS),
  state: v.picklist(['done', 'outdated', 'attention', 'current', 'waiting']),
  reasons: v.array(text),
});

/** The open project as a whole. */
export const projectViewSchema = v.object({
  folder: text,
  name: text,
  decisions: decisionsSchema,
  steps: v.array(stepStatusSchema),
  /** All stages, in the order of `stageNames`. */
  stages: v.array(stageSchema),
  /** A stage that was under way when the engine crashed or the window was closed; null where none was. */
  interrupted: v.nullable(stageNameSchema),
});
export type ProjectView = v.InferOutput<typeof projectViewSchema>;

export const logLineSchema = v.object({ at: text, text });

/** What the engine asks the person at the window. */
export const questionSchema = v.variant('kind', [
  v.object({
    kind: v.literal('hostKey'),
    id: text,
    host: text,
    keyKind: text,
    fingerprint: text,
    knownKinds: v.array(text),
    text,
  }),
  v.object({
    kind: v.literal('secret'),
    id: text,
    /** `answer`: whatever else the board wants to know. */
    secret: v.picklist(['password', 'passphrase', 'answer']),
    subject: text,
    text,
    /** 1 for the first time, more after a wrong one. */
    attempt: index,
  }),
]);
export type Question = v.InferOutput<typeof questionSchema>;

/** `null` of a secret gives up. `remember` has effect only where `AppInfo.secrets.kept`. */
export const answerSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('hostKey'), id: text, accept: v.boolean() }),
  v.strictObject({ kind: v.literal('secret'), id: text, secret: v.nullable(text), remember: v.boolean() }),
]);
export type Answer = v.InferOutput<typeof answerSchema>;
