import { describe, expect, it } from 'vitest';
import type { WorkerLauncher } from '../../core/common/worker-process.ts';
import { Devices } from './devices.ts';

/** Workers of which WebGPU crashes and the processor answers rightly; others are not installed. */
function workers(): { readonly launch: WorkerLauncher; readonly started: string[] } {
  const started: string[] = [];
  const launch: WorkerLauncher = (listener) => ({
    send: (message) => {
      const { provider } = message as { readonly provider: string };
      started.push(provider);
      queueMicrotask(() => {
        if (provider === 'webgpu') listener.exit('was ended by SIGSEGV');
        else if (provider === 'cpu') listener.message({ kind: 'answered', error: 1e-7, milliseconds: 2 });
        else listener.message({ kind: 'refused', reason: 'cannot load shared library' });
      });
    },
    kill: () => undefined,
  });
  return { launch, started };
}

describe('the devices of the engine', () => {
  it('are all tried once, each with its reason; the one that is used says why it is', async () => {
    const { launch, started } = workers();
    const devices = new Devices(launch);
    const list = await devices.list();
    expect(list.filter(({ used }) => used)).toEqual([
      expect.objectContaining({ id: 'cpu', usable: true, reason: 'No GPU was found that gives right answers.' }),
    ]);
    expect(list.find(({ id }) => id === 'webgpu')).toMatchObject({
      usable: false,
      reason: 'It crashed: the process was ended by SIGSEGV.',
    });
    expect(started).toEqual(list.map(({ id }) => id));
    await devices.list();
    await devices.chosen();
    expect(started).toHaveLength(list.length);
  });

  it('are told one by one while they are tried, also to who asks later', async () => {
    const { launch, started } = workers();
    const devices = new Devices(launch);
    const [first, second]: (string | undefined)[][] = [[], []];
    await Promise.all([
      devices.chosen('auto', { onProgress: ({ detail }) => first.push(detail) }),
      devices.chosen('auto', { onProgress: ({ detail }) => second.push(detail) }),
    ]);
    expect(first).toHaveLength(started.length);
    expect(second).toEqual(first);
    // Of trials that are over there is nothing to tell.
    await devices.chosen('auto', { onProgress: ({ detail }) => second.push(detail) });
    expect(second).toEqual(first);
  });

  it('are not tried where the processor is asked for, and tried for a GPU', async () => {
    const { launch, started } = workers();
    const devices = new Devices(launch);
    expect(await devices.list('cpu')).toEqual([
      expect.objectContaining({ id: 'cpu', reason: 'No GPU was asked for.' }),
    ]);
    expect(started).toEqual([]);
    const tried = await devices.list('gpu');
    expect(started).toEqual(tried.map(({ id }) => id));
    // The same trials tell what is quickest.
    await devices.list('auto');
    expect(started).toHaveLength(tried.length);
  });

  it('are the processor alone where no process can be started', async () => {
    const list = await new Devices(undefined).list();
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({ id: 'cpu', usable: true, used: true });
    expect(list[0].reason).toContain('no process');
  });

  it('let go of who does not want to wait any more, and are there for the next', async () => {
    const controller = new AbortController();
    const { launch } = workers();
    const devices = new Devices(launch);
    const waiting = devices.chosen('auto', { signal: controller.signal });
    controller.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    expect(await devices.chosen()).toMatchObject({ provider: 'cpu' });
  });
});
