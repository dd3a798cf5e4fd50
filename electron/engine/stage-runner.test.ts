import { describe, expect, it } from 'vitest';
import { CortadoError } from '../../core/common/errors.ts';
import type { StageView } from '../shared/schemas/stages.ts';
import { StageRunner, type StageReporter } from './stage-runner.ts';

function make(): { runner: StageRunner; views: StageView[] } {
  const views: StageView[] = [];
  const listener = { onView: (view: StageView) => views.push(view), onLog: () => undefined };
  return { runner: new StageRunner('calibrate', listener), views };
}

describe('a stage', () => {
  it('goes from queued to running to done, with what it told', async () => {
    const { runner, views } = make();
    runner.queue();
    const isDone = await runner.run((reporter) => {
      reporter.onProgress({ stage: 'counting', done: 1, total: 4, unit: 'pictures', secondsLeft: 3 });
      return Promise.resolve();
    });
    expect(isDone).toBe(true);
    expect(views.map(({ status }) => status)).toEqual(['queued', 'running', 'running', 'done']);
    expect(runner.current()).toMatchObject({ run: 1, activity: 'counting', done: 1, total: 4, error: null });
    expect(runner.log.lines().map(({ text }) => text)).toEqual(['started', 'counting', 'done']);
  });

  it('ends as a warning where something limits the result', async () => {
    const { runner } = make();
    runner.queue();
    await runner.run(({ warn }) => {
      warn('few pictures');
      return Promise.resolve();
    });
    expect(runner.current()).toMatchObject({ status: 'warning', warnings: ['few pictures'] });
  });

  it('fails with the error as data', async () => {
    const { runner } = make();
    runner.queue();
    const isDone = await runner.run(() => Promise.reject(new CortadoError('x.y', 'It failed.', 'Do this.')));
    expect(isDone).toBe(false);
    expect(runner.current()).toMatchObject({ status: 'failed', error: { code: 'x.y', advice: 'Do this.' } });
  });

  it('is cancelled at once, and what the old work still says is not heard', async () => {
    const { runner } = make();
    const signal = runner.queue();
    let reporter: StageReporter | undefined;
    let finish: () => void = () => undefined;
    const running = runner.run((given) => {
      reporter = given;
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    runner.cancel();
    expect(runner.current().status).toBe('cancelled');
    expect(signal.aborted).toBe(true);
    reporter?.warn('too late');
    reporter?.onProgress({ stage: 'late', done: 1, total: 1, unit: '' });
    finish();
    expect(await running).toBe(false);
    expect(runner.current()).toMatchObject({ status: 'cancelled', warnings: [], activity: '' });
    runner.queue();
    expect(await runner.run(() => Promise.resolve())).toBe(true);
    expect(runner.current()).toMatchObject({ status: 'done', run: 2 });
  });

  it('tells of thousands of steps a few times only', async () => {
    const { runner, views } = make();
    runner.queue();
    await runner.run(({ onProgress }) => {
      for (let done = 0; done < 5000; done++) onProgress({ stage: 's', done, total: 5000, unit: 'runs' });
      return Promise.resolve();
    });
    expect(views.length).toBeLessThan(20);
    expect(runner.current().done).toBe(4999);
  });
});
