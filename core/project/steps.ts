/** The seven steps of a project, in order. Each has one decision and at most one result. */
export const STEPS = ['model', 'images', 'calibrate', 'accuracy', 'target', 'board', 'run'] as const;
export type Step = (typeof STEPS)[number];

/** What results are kept of: one for each step, and what the search for the best accuracy found beside the step "accuracy". */
export const RESULTS = [...STEPS, 'tuning'] as const;
export type ResultName = (typeof RESULTS)[number];

/** Steps that may be left out without a step after them being less done. */
export const OPTIONAL_STEPS: ReadonlySet<Step> = new Set<Step>(['accuracy']);

/**
 * - `done`: decided, and its result belongs to the present decisions
 * - `outdated`: it has a result, but something that the result rests on has changed since
 * - `attention`: something it needs is missing or its last attempt failed
 * - `current`: the first step that is not done
 * - `waiting`: a step before it comes first
 */
export type StepState = 'done' | 'outdated' | 'attention' | 'current' | 'waiting';

export interface StepStatus {
  readonly step: Step;
  readonly state: StepState;
  /** Codes of why it is not done, for the catalogue of texts: `images.none-chosen`, `changed.calibrate`. */
  readonly reasons: readonly string[];
}
