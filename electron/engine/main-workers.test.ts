import { describe, expect, it } from 'vitest';
import type { FromEngine } from '../shared/messages.ts';
import { MainWorkers, type WorkerLine } from './main-workers.ts';

/** The engine's end of a line to a worker, as the test plays it. */
class Line implements WorkerLine {
  readonly sent: unknown[] = [];
  isOpen = false;
  private hear: ((event: { readonly data: unknown }) => void) | undefined;
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  on(_event: 'message', listener: (event: { readonly data: unknown }) => void): void {
    this.hear = listener;
  }
  start(): void {
    this.isOpen = true;
  }
  close(): void {
    this.isOpen = false;
  }
  say(data: unknown): void {
    this.hear?.({ data });
  }
}

function launched() {
  const toMain: FromEngine[] = [];
  const heard: unknown[] = [];
  const ends: string[] = [];
  const workers = new MainWorkers((message) => toMain.push(message));
  const worker = workers.launch({ message: (message) => heard.push(message), exit: (how) => ends.push(how) });
  return { workers, worker, toMain, heard, ends };
}

describe('workers that main starts', () => {
  it('get what was sent before their line was there, in order, and are heard', () => {
    const { workers, worker, toMain, heard } = launched();
    expect(toMain).toEqual([{ kind: 'startWorker', id: 1 }]);
    worker.send('first');
    worker.send('second');
    const line = new Line();
    workers.connect(1, line);
    worker.send('third');
    expect(line.sent).toEqual(['first', 'second', 'third']);
    expect(line.isOpen).toBe(true);
    line.say('answer');
    expect(heard).toEqual(['answer']);
  });

  it('are ended by main, and say nothing after their end', () => {
    const { workers, worker, toMain, heard, ends } = launched();
    const line = new Line();
    workers.connect(1, line);
    worker.kill();
    expect(toMain.at(-1)).toEqual({ kind: 'endWorker', id: 1 });
    expect(ends).toEqual([]);
    workers.ended(1, 'ended with code 9');
    workers.ended(1, 'again');
    line.say('late');
    expect(ends).toEqual(['ended with code 9']);
    expect(heard).toEqual([]);
    expect(line.isOpen).toBe(false);
  });

  it('may end before they have a line, which is closed where it comes after all', () => {
    const { workers, ends } = launched();
    workers.ended(1, 'ended with code 1');
    const line = new Line();
    workers.connect(1, line);
    expect(ends).toEqual(['ended with code 1']);
    expect(line.isOpen).toBe(false);
  });
});
