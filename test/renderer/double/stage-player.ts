import { STEPS } from '../../../core/project/steps.ts';
import type { DecisionChange } from '../../../core/project/schema.ts';
import type { EventName, EventPayload } from '../../../electron/shared/ipc-schema.ts';
import {
  stepOfStage,
  type ProjectView,
  type StageName,
  type StageView,
} from '../../../electron/shared/schemas/stages.ts';
import type { Recorded } from './recorded.ts';

type Emit = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;

const TICK_MS = 100;

/** Plays stages as they were recorded, and keeps the project's view as they end. */
export class StagePlayer {
  view: ProjectView;
  private readonly timers = new Map<StageName, ReturnType<typeof setInterval>>();

  constructor(
    private readonly data: Recorded,
    from: 'before' | 'after',
    private readonly durationMs: number,
    private readonly emit: Emit,
  ) {
    this.view = data[from];
  }

  hasRun(stage: StageName): boolean {
    return ['done', 'warning'].includes(this.stageOf(stage).status) || this.isDone(stage);
  }

  decide({ step, change }: DecisionChange): ProjectView {
    const decisions = { ...this.view.decisions, [step]: { ...this.view.decisions[step], ...change } };
    this.view = { ...this.view, decisions };
    return this.view;
  }

  start(stage: StageName): StageView {
    const recorded = this.data.running[stage] ?? this.stageOf(stage);
    const run = this.stageOf(stage).run + 1;
    const startedAt = performance.now();
    const total = recorded.total > 0 ? recorded.total : 10;
    const first: StageView = {
      ...recorded,
      run,
      status: 'running',
      done: 0,
      total,
      elapsedSeconds: 0,
      secondsLeft: null,
    };
    this.set(first);
    const timer = setInterval(() => {
      const share = Math.min(1, (performance.now() - startedAt) / this.durationMs);
      const elapsedSeconds = (performance.now() - startedAt) / 1000;
      const secondsLeft = (this.durationMs / 1000) * (1 - share);
      if (stage === 'run') this.tellLatencies(total);
      if (share < 1) this.set({ ...first, done: Math.floor(share * total), elapsedSeconds, secondsLeft });
      else this.finish({ ...first, status: 'done', done: total, elapsedSeconds, secondsLeft: 0 });
    }, TICK_MS);
    this.timers.set(stage, timer);
    return first;
  }

  cancel(stage: StageName): void {
    this.stop(stage);
    this.set({ ...this.stageOf(stage), status: 'cancelled' });
  }

  private finish(view: StageView): void {
    this.stop(view.stage);
    const step = stepOfStage[view.stage];
    const position = STEPS.indexOf(step);
    this.view = {
      ...this.view,
      steps: this.view.steps.map((status, index) => {
        if (status.step === step && view.stage !== 'tune') return { step, state: 'done', reasons: [] };
        return index === position + 1 && status.state === 'waiting' ? { ...status, state: 'current' } : status;
      }),
    };
    this.set(view);
    this.emit('project', this.view);
  }

  private stop(stage: StageName): void {
    clearInterval(this.timers.get(stage));
    this.timers.delete(stage);
  }

  private set(view: StageView): void {
    this.view = { ...this.view, stages: this.view.stages.map((stage) => (stage.stage === view.stage ? view : stage)) };
    this.emit('stage', view);
  }

  private tellLatencies(total: number): void {
    const { samplesNs } = this.data.reportViews[0].report.latency;
    this.emit('live', { kind: 'samples', total, latenciesNs: samplesNs.slice(0, 5) });
  }

  private stageOf(stage: StageName): StageView {
    const found = this.view.stages.find((each) => each.stage === stage);
    if (found === undefined) throw new Error(`the recording lacks the stage ${stage}`);
    return found;
  }

  /** Of the recording "after", whose stages have ended. Some stages belong to a step that is done without them. */
  private isDone(stage: StageName): boolean {
    const step = stepOfStage[stage];
    return (
      stage !== 'evidence' &&
      stage !== 'tune' &&
      this.view.steps.find((status) => status.step === step)?.state === 'done'
    );
  }
}
