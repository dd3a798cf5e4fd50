import { stepStates, type StepFacts } from '../../core/project/step-states.ts';
import { STEPS, type Step } from '../../core/project/steps.ts';
import { readResult } from '../../core/project/results.ts';
import { changedInputs } from '../../core/project/inputs.ts';
import type { ProjectView } from '../shared/schemas/stages.ts';
import type { ProjectSession } from './project-session.ts';
import type { StageDesk } from './stage-desk.ts';

/** The project as the window shows it, with the state of each step. */
export async function projectView(session: ProjectSession, desk: StageDesk): Promise<ProjectView> {
  const { project } = session;
  const inputs = await session.inputs();
  const facts: Partial<Record<Step, StepFacts>> = {};
  for (const step of STEPS) {
    const result = await readResult(project.folder, step);
    const failure = desk.failureOf(step);
    // A failure is forgotten as soon as something that led to it has changed.
    const isPresent = failure !== undefined && changedInputs(failure.inputs, inputs[step]).length === 0;
    facts[step] = {
      result: result?.inputs,
      current: inputs[step],
      failure: isPresent ? failure.code : undefined,
      problem: step === 'accuracy' && !(await session.hasUsableScales()) ? 'tuning.outdated' : undefined,
    };
  }
  const steps = await stepStates(project, facts as Record<Step, StepFacts>);
  return {
    folder: project.folder,
    name: project.name,
    decisions: project.decisions,
    steps: steps.map(({ step, state, reasons }) => ({ step, state, reasons: [...reasons] })),
    stages: desk.views(),
    interrupted: desk.interrupted,
  };
}
