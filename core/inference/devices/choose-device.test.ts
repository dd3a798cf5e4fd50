import { describe, expect, it } from 'vitest';
import type { WorkerLauncher } from '../../common/worker-process.ts';
import { chooseDevice } from './choose-device.ts';
import type { ProbeAnswer, ProbeRequest } from './probe.ts';
import type { ProviderId } from './providers.ts';

type Behaviour = ProbeAnswer | 'crash' | 'hang';

interface Stage {
  readonly launch: WorkerLauncher;
  readonly tried: ProviderId[];
  /** Processes that nobody has ended. */
  readonly alive: Set<number>;
}

/** Processes that do with each provider what a test says; one that it does not name is refused. */
function stage(behaviours: Partial<Record<ProviderId, Behaviour>>): Stage {
  const tried: ProviderId[] = [];
  const alive = new Set<number>();
  const launch: WorkerLauncher = (listener) => {
    const number = tried.length + alive.size;
    alive.add(number);
    return {
      send: (message) => {
        const { provider } = message as ProbeRequest;
        tried.push(provider);
        const behaviour = behaviours[provider] ?? { kind: 'refused', reason: 'Failed to load shared library' };
        if (behaviour === 'hang') return;
        queueMicrotask(() => {
          if (behaviour === 'crash') listener.exit('was ended by SIGSEGV');
          else listener.message(behaviour);
        });
      },
      kill: () => {
        alive.delete(number);
      },
    };
  };
  return { launch, tried, alive };
}

const answered = (milliseconds: number, error = 1e-7): ProbeAnswer => ({ kind: 'answered', milliseconds, error });

describe('choosing a device', () => {
  it('tries what the system could have, in processes that are gone afterwards, and takes the first that works', async () => {
    const { launch, tried, alive } = stage({ cuda: answered(0.2), webgpu: answered(0.4), cpu: answered(1.3) });
    const device = await chooseDevice({ launch, platform: 'linux' });
    expect(tried).toEqual(['cuda', 'tensorrt', 'webgpu', 'cpu']);
    expect(alive.size).toBe(0);
    expect(device).toMatchObject({ provider: 'cuda', name: 'CUDA' });
    expect(device.why).toContain("0.2 ms against the processor's 1.3 ms");
    expect(device.tried.map(({ works }) => works)).toEqual([true, false, true, true]);
  });

  it.each([
    ['win32', ['dml', 'webgpu', 'cpu']],
    ['darwin', ['coreml', 'webgpu', 'cpu']],
  ] as const)('on %s tries %j', async (platform, expected) => {
    const { launch, tried } = stage({ cpu: answered(1) });
    expect(await chooseDevice({ launch, platform })).toMatchObject({ provider: 'cpu' });
    expect(tried).toEqual(expected);
  });

  it('puts a crash, a hang and wrong answers aside with their reasons', async () => {
    const behaviours = { cuda: 'crash', tensorrt: 'hang', webgpu: answered(0.1, 6e-4), cpu: answered(1) } as const;
    const { launch, alive } = stage(behaviours);
    const device = await chooseDevice({ launch, platform: 'linux', timeoutMs: 20 });
    expect(device).toMatchObject({ provider: 'cpu', why: 'No GPU was found that gives right answers.' });
    expect(device.tried.map(({ reason }) => reason)).toEqual([
      'It crashed: the process was ended by SIGSEGV.',
      'It hung: no answer after 0.02 s.',
      'It gave a wrong answer, off by 6.0e-4 of the largest value.',
      'It gave the right answer, to 1.0e-7, in 1 ms.',
    ]);
    expect(alive.size).toBe(0);
  });

  it('takes numbers that are none for a wrong answer', async () => {
    const { launch } = stage({ webgpu: answered(0.1, NaN), cpu: answered(1) });
    const { tried } = await chooseDevice({ launch, platform: 'linux' });
    expect(tried[2].reason).toBe('It gave a wrong answer: values that are no numbers.');
  });

  it('takes a slow GPU only where one is asked for', async () => {
    const { launch } = stage({ webgpu: answered(1060), cpu: answered(1.3) });
    const auto = await chooseDevice({ launch, platform: 'linux' });
    expect(auto.provider).toBe('cpu');
    expect(auto.why).toContain('quicker than WebGPU');
    const gpu = await chooseDevice({ launch, prefer: 'gpu', platform: 'linux' });
    expect(gpu.provider).toBe('webgpu');
    expect(gpu.why).toContain('1060 ms');
  });

  it('tries nothing where the processor is wanted', async () => {
    const { launch, tried } = stage({});
    expect(await chooseDevice({ launch, prefer: 'cpu' })).toMatchObject({ provider: 'cpu', tried: [] });
    expect(tried).toEqual([]);
  });

  it('stops at once, with the process, where it is cancelled', async () => {
    const { launch, alive } = stage({ cuda: 'hang' });
    const controller = new AbortController();
    const choosing = chooseDevice({ launch, platform: 'linux', signal: controller.signal });
    await Promise.resolve();
    controller.abort();
    await expect(choosing).rejects.toThrow('aborted');
    expect(alive.size).toBe(0);
  });
});
