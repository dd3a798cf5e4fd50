import type { TestApp } from './app.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  /** Microseconds of the thread's own time, without what other processes took meanwhile. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The longest task on the window's thread, and how many there were. */
export interface WindowTasks {
  readonly tasks: number;
  /** Milliseconds from its begin to its end, with what other processes took meanwhile. */
  readonly longestMs: number;
  /** Milliseconds of the processor that it used itself. */
  readonly longestOwnMs: number;
}

/** Records every task of the window's thread with the DevTools protocol while something goes on in the app. */
export async function tasksDuring(app: TestApp, work: () => Promise<void>): Promise<WindowTasks> {
  const session = await app.page.context().newCDPSession(app.page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]));
  });
  const complete = new Promise<void>((resolve) => {
    session.once('Tracing.tracingComplete', () => {
      resolve();
    });
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline'] },
  });
  await work();
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return summary(events);
}

function summary(events: readonly TraceEvent[]): WindowTasks {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const windows = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(threadOf),
  );
  const tasks = events.filter((event) => event.ph === 'X' && event.name === 'RunTask' && windows.has(threadOf(event)));
  if (tasks.length === 0) throw new Error("the trace holds no task of the window's thread");
  const longest = (time: (task: TraceEvent) => number | undefined): number =>
    tasks.reduce((most, task) => Math.max(most, (time(task) ?? 0) / 1000), 0);
  return { tasks: tasks.length, longestMs: longest(({ dur }) => dur), longestOwnMs: longest(({ tdur }) => tdur) };
}
