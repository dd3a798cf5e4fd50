import { stat } from 'node:fs/promises';
import { CortadoError } from '../common/errors.ts';
import { listImages } from '../images/list-images.ts';
import { changedInputs, type Inputs } from './inputs.ts';
import type { Project } from './project.ts';
import { OPTIONAL_STEPS, STEPS, type Step, type StepStatus } from './steps.ts';

/** What is known of a step beside the decisions. */
export interface StepFacts {
  /** What its stored result rests on; absent where there is none. */
  readonly result?: Inputs | undefined;
  /** What a result made now would rest on. */
  readonly current: Inputs;
  /** Code of the error that its last attempt ended in. */
  readonly failure?: string | undefined;
  /** Code of what is wrong with what was decided. */
  readonly problem?: string | undefined;
}

/** The state of every step, derived from the decisions, the results and the files themselves. */
export async function stepStates(
  project: Project,
  facts: Readonly<Record<Step, StepFacts>>,
): Promise<readonly StepStatus[]> {
  const statuses: StepStatus[] = [];
  let open = true;
  for (const step of STEPS) {
    const missing = [...(await missingOf(project, step)), ...(step === 'images' ? await uselessImages(project) : [])];
    const status = stepStatus(step, project, facts[step], missing, open);
    statuses.push(status);
    if (status.state !== 'done' && !OPTIONAL_STEPS.has(step)) open = false;
  }
  return statuses;
}

function stepStatus(
  step: Step,
  project: Project,
  { result, current, failure, problem }: StepFacts,
  missing: readonly string[],
  open: boolean,
): StepStatus {
  const unfinished = open ? 'current' : 'waiting';
  if (missing.length > 0) return { step, state: 'attention', reasons: missing };
  const undecided = undecidedOf(project, step);
  if (undecided.length > 0) return { step, state: unfinished, reasons: undecided };
  if (problem !== undefined) return { step, state: 'attention', reasons: [problem] };
  // What may be tried on top, such as checking the preprocessing, is no condition for going on.
  if (isDecisionOnly(project, step)) return { step, state: 'done', reasons: [] };
  if (failure !== undefined) return { step, state: 'attention', reasons: [failure] };
  if (result === undefined) return { step, state: unfinished, reasons: [`no-result.${step}`] };
  const changed = changedInputs(result, current);
  if (changed.length === 0) return { step, state: 'done', reasons: [] };
  return { step, state: 'outdated', reasons: changed.map((cause) => `changed.${cause}`) };
}

/** Steps without a stage of their own: they are done as soon as they are decided. */
function isDecisionOnly({ decisions }: Project, step: Step): boolean {
  if (step === 'images') return true;
  if (step !== 'calibrate') return false;
  return decisions.calibrate.table !== null || decisions.target.precision !== 'int8';
}

/** What the user has yet to choose. */
function undecidedOf({ decisions }: Project, step: Step): readonly string[] {
  const choices: Partial<Record<Step, Readonly<Record<string, string | null>>>> = {
    model: { 'model.no-prototxt': decisions.model.proto, 'model.no-weights': decisions.model.weights },
    images: { 'images.none-chosen': decisions.images.source },
    target: { 'target.none-chosen': decisions.target.board },
    board: { 'board.none-chosen': decisions.board.address },
  };
  return Object.entries(choices[step] ?? {}).flatMap(([code, choice]) => (choice === null ? [code] : []));
}

/** Why there is nothing to calibrate with in what was chosen: `images.none`, `images.mixed`, `images.list-entry`. */
async function uselessImages(project: Project): Promise<readonly string[]> {
  const { source } = project.decisions.images;
  if (source === null) return [];
  try {
    await listImages(project.pathOf(source));
    return [];
  } catch (error) {
    // That it is gone is said already.
    return error instanceof CortadoError && error.code !== 'images.missing' ? [error.code] : [];
  }
}

/** Files that were chosen and are gone. */
async function missingOf(project: Project, step: Step): Promise<readonly string[]> {
  const { model, images, calibrate, target, board, run } = project.decisions;
  const files: Partial<Record<Step, Readonly<Record<string, string | null>>>> = {
    model: { 'missing.prototxt': model.proto, 'missing.caffemodel': model.weights },
    images: {
      'missing.images': images.source,
      'missing.labels': images.labels,
      'missing.class-names': images.classNames,
      'missing.mean-file': images.preprocessing.meanFile,
    },
    calibrate: { 'missing.table': calibrate.table },
    target: {
      'missing.golden': target.golden,
      'missing.bitstream': target.backend === 'fpga' ? target.bitstream : null,
    },
    board: { 'missing.identity-file': board.identityFile },
    run: { 'missing.picture': run.picture },
  };
  const missing: string[] = [];
  for (const [code, path] of Object.entries(files[step] ?? {})) {
    if (path === null) continue;
    const found = await stat(project.pathOf(path)).catch(() => undefined);
    if (found === undefined) missing.push(code);
  }
  return missing;
}
