import { expect, it } from 'vitest';
import type { Progress } from '../../common/progress.ts';
import { AgentProgress } from './agent-progress.ts';

it('each word of an agent is told, and that it is still at work keeps what was told before', () => {
  const told: Progress[] = [];
  const progress = new AgentProgress((each) => told.push(each));
  progress.hear({ event: 'loading', bytes: 7 });
  progress.hear({ event: 'warmup', done: 1, total: 2 });
  progress.hear({ event: 'sample', index: 2, total: 10, latencyNs: 5 });
  progress.hear({ event: 'alive', stage: 'running' });
  progress.hear({ event: 'alive', stage: 'profiling' });
  expect(told.map(({ stage, done, total }) => [stage, done, total])).toEqual([
    ['loading', 0, 0],
    ['warming up', 1, 2],
    ['running', 3, 10],
    ['running', 3, 10],
    ['profiling', 0, 0],
    ['profiling', 0, 0],
  ]);
  expect(told.map(({ detail }) => detail !== undefined)).toEqual([false, false, false, true, false, true]);
});
