import { STEPS, type Step, type StepStatus } from '../../core/project/steps.ts';
import type { DecisionChange } from '../../core/project/schema.ts';
import {
  stageNames,
  stepOfStage,
  type Answer,
  type ProjectView,
  type Question,
  type StageName,
} from '../../electron/shared/schemas/stages.ts';
import type { EventPayload } from '../../electron/shared/ipc-schema.ts';
import type { Host } from './host.ts';
import type { StepAction } from './step-action.ts';
import { StageState } from './stage.svelte.ts';

type StageEnd = (stage: StageName) => void;

/** The open project: decisions, the state of every step and stage, and what the engine asks. */
export class ProjectState {
  view: ProjectView;
  /** The step that is looked at. */
  step = $state<Step>('model');
  questions = $state.raw<readonly Question[]>([]);
  /** What the step that is looked at does when it is told to, for the button in the frame's foot. */
  action = $state.raw<StepAction>();
  readonly stages: Readonly<Record<StageName, StageState>>;
  /** A stage that nobody asked for: it ends where another one is wanted. */
  private unasked: StageName | undefined;
  private readonly endListeners = new Set<StageEnd>();
  private readonly unsubscribe: readonly (() => void)[];

  constructor(
    readonly app: Host,
    view: ProjectView,
  ) {
    this.view = $state.raw(view);
    this.step = firstOpenStep(view.steps);
    const stageOf = new Map(view.stages.map((stage) => [stage.stage, stage]));
    this.stages = Object.fromEntries(
      stageNames.map((name) => [
        name,
        new StageState(app, stageOf.get(name) ?? idleStage(name), (next) => this.makeWay(next)),
      ]),
    ) as Record<StageName, StageState>;
    this.unsubscribe = [
      app.api.on('project', (next) => {
        this.update(next);
      }),
      app.api.on('stage', (stage) => {
        this.noteStage(stage);
      }),
      app.api.on('stage.log', ({ stage, lines }) => {
        this.stages[stage].append(lines);
      }),
      app.api.on('question', (question) => {
        this.questions = [...this.questions.filter(({ id }) => id !== question.id), question];
      }),
      app.api.on('question.closed', ({ id }) => {
        this.questions = this.questions.filter((question) => question.id !== id);
      }),
    ];
    void this.readQuestions();
  }

  get decisions(): ProjectView['decisions'] {
    return this.view.decisions;
  }

  statusOf(step: Step): StepStatus {
    const found = this.view.steps.find((status) => status.step === step);
    return found ?? { step, state: 'waiting', reasons: [] };
  }

  isDone(step: Step): boolean {
    return this.statusOf(step).state === 'done';
  }

  /** Changes a decision; it is saved before this ends. */
  async decide(change: DecisionChange): Promise<void> {
    const view = this.app.taken(await this.app.api.call('project.decide', change));
    if (view !== undefined) this.update(view);
  }

  /** Starts again what was under way when the engine crashed or the window was closed. */
  async resume(stage: StageName): Promise<void> {
    this.step = stepOfStage[stage];
    await this.stages[stage].start();
  }

  /** Starts a stage that nobody asked for. Whatever the user starts goes before it. */
  async startUnasked(stage: StageName): Promise<void> {
    await this.stages[stage].start();
    this.unasked = stage;
  }

  /** What was interrupted is not offered any more. */
  async letGo(stage: StageName): Promise<void> {
    this.app.taken(await this.app.api.call('stages.cancel', { stage }));
  }

  async answer(answer: Answer): Promise<void> {
    this.questions = this.questions.filter(({ id }) => id !== answer.id);
    this.app.taken(await this.app.api.call('questions.answer', answer));
  }

  /** Calls back when a stage ends, however it ends; returns the function that ends that. */
  onStageEnd(listener: StageEnd): () => void {
    this.endListeners.add(listener);
    return () => {
      this.endListeners.delete(listener);
    };
  }

  close(): void {
    for (const stop of this.unsubscribe) stop();
  }

  private update(view: ProjectView): void {
    this.view = view;
    for (const stage of view.stages) this.noteStage(stage);
  }

  private noteStage(view: EventPayload<'stage'>): void {
    if (!this.stages[view.stage].update(view)) return;
    for (const listener of this.endListeners) listener(view.stage);
  }

  private async makeWay(next: StageName): Promise<void> {
    const { unasked } = this;
    this.unasked = undefined;
    if (unasked !== undefined && unasked !== next && this.stages[unasked].isActive) await this.stages[unasked].cancel();
  }

  private async readQuestions(): Promise<void> {
    const outcome = await this.app.api.call('questions.pending');
    if (outcome.ok) this.questions = outcome.value;
  }
}

/** Where to go on: the step that needs attention or comes next; the last one where all is done. */
function firstOpenStep(steps: readonly StepStatus[]): Step {
  const open = steps.find(({ step, state }) => state !== 'done' && (step !== 'accuracy' || state === 'attention'));
  return open?.step ?? STEPS[STEPS.length - 1];
}

function idleStage(stage: StageName): ProjectView['stages'][number] {
  return {
    stage,
    status: 'idle',
    run: 0,
    elapsedSeconds: 0,
    secondsLeft: null,
    activity: '',
    done: 0,
    total: 0,
    unit: '',
    detail: '',
    parts: [],
    warnings: [],
    error: null,
  };
}
