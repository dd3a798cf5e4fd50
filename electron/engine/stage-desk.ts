import { CortadoError } from '../../core/common/errors.ts';
import { writeResult } from '../../core/project/results.ts';
import type { Inputs } from '../../core/project/inputs.ts';
import type { ResultName } from '../../core/project/steps.ts';
import { forgetUnderWay, noteUnderWay } from '../../core/project/under-way.ts';
import { resultOfStage, stageNames, type StageName, type StageView } from '../shared/schemas/stages.ts';
import type { BoardAccess } from './board-access.ts';
import type { Devices } from './devices.ts';
import type { ProjectSession } from './project-session.ts';
import { StageRunner } from './stage-runner.ts';
import { stages } from './stages/index.ts';
import type { Tell } from './tell.ts';

interface Failure {
  readonly code: string;
  readonly inputs: Inputs;
}

/** Runs stages one after the other: each uses all cores, and ONNX Runtime runs one session at a time. */
export class StageDesk {
  private readonly runners: ReadonlyMap<StageName, StageRunner>;
  private readonly failures = new Map<ResultName, Failure>();
  private lastWork: Promise<void> = Promise.resolve();
  private isEnding = false;

  constructor(
    private readonly session: ProjectSession,
    private readonly boards: BoardAccess,
    private readonly devices: Devices,
    private readonly tell: Tell,
    /** After a result or failure changed. */
    private readonly onChange: () => Promise<void>,
    /** The stage that an earlier engine did not finish. */
    private unfinished: StageName | null = null,
  ) {
    const listener = {
      onView: (view: StageView): void => {
        tell('stage', view);
      },
      onLog: (stage: StageName, lines: { at: string; text: string }[]): void => {
        tell('stage.log', { stage, lines });
      },
    };
    this.runners = new Map(stageNames.map((name) => [name, new StageRunner(name, listener)]));
  }

  views(): StageView[] {
    return stageNames.map((name) => this.runner(name).current());
  }

  log(stage: StageName): { at: string; text: string }[] {
    return this.runner(stage).log.lines();
  }

  failureOf(name: ResultName): Failure | undefined {
    return this.failures.get(name);
  }

  /** A stage that an earlier engine did not finish, until it is started again or cancelled. */
  get interrupted(): StageName | null {
    return this.unfinished;
  }

  /** Queues a stage. Throws `stage.running` where it is under way already. */
  start(stage: StageName): StageView {
    const runner = this.runner(stage);
    if (runner.isActive) {
      throw new CortadoError('stage.running', 'This is under way already.', 'Wait for it, or cancel it first.');
    }
    // The check of the settings, which nobody asked for, gives way: what it delays is what has begun.
    const isFirst = [...this.runners].every(([name, each]) => name === 'evidence' || !each.isActive);
    if (isFirst) noteUnderWay(this.session.project.folder, stage);
    const signal = runner.queue();
    if (this.unfinished === stage) {
      this.unfinished = null;
      void this.onChange();
    }
    this.lastWork = this.lastWork.then(() => (signal.aborted ? undefined : this.work(stage)));
    return runner.current();
  }

  /** Ends a stage at once; one that was interrupted is not offered any more. */
  async cancel(stage: StageName): Promise<void> {
    const runner = this.runner(stage);
    const hasNote = this.unfinished === stage || runner.current().status === 'running';
    runner.cancel();
    if (hasNote && !this.othersWait(stage)) forgetUnderWay(this.session.project.folder);
    if (this.unfinished !== stage) return;
    this.unfinished = null;
    await this.onChange();
  }

  /** Stops what is under way and waits until it has tidied up. The note that it had begun stays. */
  async end(): Promise<void> {
    this.isEnding = true;
    for (const runner of this.runners.values()) runner.stop();
    await this.lastWork;
  }

  private async work(stage: StageName): Promise<void> {
    const name = resultOfStage(stage);
    const runner = this.runner(stage);
    const { session, boards, devices } = this;
    const { folder } = session.project;
    let inputs: Inputs = {};
    const isDone = await runner.run(async (reporter) => {
      noteUnderWay(folder, stage);
      inputs = (await session.inputs())[name];
      const live = this.tell.bind(undefined, 'live');
      const result = await stages[stage]({ ...reporter, session, boards, devices, inputs, live });
      if (!reporter.signal.aborted) await writeResult(folder, name, inputs, result);
    });
    if (!this.isEnding && !this.othersWait(stage)) forgetUnderWay(folder);
    const { error, status } = runner.current();
    if (status === 'failed' && error !== null) this.failures.set(name, { code: error.code, inputs });
    else if (isDone) this.failures.delete(name);
    await this.onChange().catch(() => undefined);
  }

  /** Whether another stage has been started: the note is that one's, or will be. */
  private othersWait(stage: StageName): boolean {
    return [...this.runners].some(([name, runner]) => name !== stage && runner.isActive);
  }

  private runner(stage: StageName): StageRunner {
    const runner = this.runners.get(stage);
    if (runner === undefined) throw new Error(`there is no stage ${stage}`);
    return runner;
  }
}
