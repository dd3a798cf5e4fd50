import type { Progress, ProgressListener } from '../../common/progress.ts';
import type { AgentEvent } from './events.ts';

/** Makes progress of what an agent says, also where it only says that it is still at work: a board may take minutes for an inference. */
export class AgentProgress {
  private last: Progress = { stage: '', done: 0, total: 0, unit: '' };
  private since = performance.now();

  constructor(private readonly listener: ProgressListener) {}

  hear(event: AgentEvent): void {
    switch (event.event) {
      case 'loading':
        this.tell({ stage: 'loading', done: 0, total: 0, unit: '' });
        break;
      case 'loaded':
        this.tell({ stage: 'verifying', done: 0, total: 0, unit: '' });
        break;
      case 'warmup':
        this.tell({ stage: 'warming up', done: event.done, total: event.total, unit: 'runs' });
        break;
      case 'sample':
        this.tell({ stage: 'running', done: event.index + 1, total: event.total, unit: 'runs' });
        break;
      case 'alive':
        this.stillAt(event.stage);
        break;
      default:
        break;
    }
  }

  private tell(progress: Progress): void {
    this.last = progress;
    this.since = performance.now();
    this.listener(progress);
  }

  private stillAt(stage: string): void {
    if (stage !== this.last.stage) this.tell({ stage, done: 0, total: 0, unit: '' });
    const seconds = Math.round((performance.now() - this.since) / 1000);
    this.listener({ ...this.last, detail: `at work for ${seconds} s` });
  }
}
