import { ProgressMeter, type LongCall } from '../../common/progress.ts';
import type { WorkerLauncher } from '../../common/worker-process.ts';
import { providers, type ProviderId } from './providers.ts';
import { timeText, tryDevice, type DeviceTrial } from './try-device.ts';

/** What runs the network in fp32 while calibrating, and why that. */
export interface ChosenDevice {
  readonly provider: ProviderId;
  /** As a person knows it: `CUDA`, `WebGPU`, `processor`. */
  readonly name: string;
  /** One sentence. */
  readonly why: string;
  /** Every provider that this system could have, with how it did; empty where nothing had to be tried. */
  readonly tried: readonly DeviceTrial[];
}

export interface DeviceRequest extends LongCall {
  readonly launch: WorkerLauncher;
  /**
   * `cpu`: the processor, untried; `gpu`: the best GPU that works, the processor where none does; `auto` (where absent):
   * the same, but no GPU that is slower than the processor, as those are that are emulated.
   */
  readonly prefer?: 'auto' | 'gpu' | 'cpu' | undefined;
  /** Milliseconds after which a provider counts as hung; 60 s where absent: drivers compile. */
  readonly timeoutMs?: number | undefined;
  /** After each trial. */
  readonly onTrial?: ((trial: DeviceTrial) => void) | undefined;
  /** This system where absent. */
  readonly platform?: NodeJS.Platform | undefined;
}

const usualTimeoutMs = 60_000;

/** The processor, where nobody asked for more. */
export const processor: ChosenDevice = {
  provider: 'cpu',
  name: 'processor',
  why: 'No GPU was asked for.',
  tried: [],
};

/**
 * Tries every provider that this system could have, each in a process of its own, one after the other, on a network whose
 * answer is known; a crash, a hang or a wrong answer puts it aside. The first in the order of `providers` that works is
 * chosen. Rejects only where `signal` fires.
 */
export async function chooseDevice(request: DeviceRequest): Promise<ChosenDevice> {
  const { prefer = 'auto' } = request;
  return prefer === 'cpu' ? processor : deviceOf(await tryDevices(request), prefer);
}

/** Tries all of them, as `chooseDevice` does. Rejects only where `signal` fires. */
export async function tryDevices(request: Omit<DeviceRequest, 'prefer'>): Promise<readonly DeviceTrial[]> {
  const { launch, timeoutMs = usualTimeoutMs, signal, platform = process.platform } = request;
  const tried: DeviceTrial[] = [];
  const possible = providers.filter(({ platforms }) => platforms.includes(platform));
  const meter = new ProgressMeter('trying devices', possible.length, 'devices', request.onProgress);
  for (const provider of possible) {
    meter.report(tried.length, provider.name);
    const trial = await tryDevice(provider, { launch, timeoutMs, signal });
    tried.push(trial);
    request.onTrial?.(trial);
  }
  return tried;
}

/** The device to use, of those that were tried. */
export function deviceOf(tried: readonly DeviceTrial[], prefer: 'auto' | 'gpu'): ChosenDevice {
  const own = tried.find(({ provider }) => provider === 'cpu');
  const working = tried.filter(({ provider, works }) => works && provider !== 'cpu');
  const slower = (trial: DeviceTrial): boolean => (trial.milliseconds ?? 0) > (own?.milliseconds ?? Infinity);
  const best = prefer === 'gpu' ? working.at(0) : working.find((trial) => !slower(trial));
  if (best === undefined) return { ...processor, why: whyProcessor(working), tried };
  const times = `${timeText(best.milliseconds)} against the processor's ${timeText(own?.milliseconds)}`;
  const why = slower(best)
    ? `A GPU was asked for, and it gives right answers, but slowly: ${times}.`
    : `It gives right answers and is the first choice of those that do: ${times}.`;
  return { provider: best.provider, name: best.name, why, tried };
}

function whyProcessor(working: readonly DeviceTrial[]): string {
  if (working.length === 0) return 'No GPU was found that gives right answers.';
  const names = working.map(({ name }) => name).join(' and ');
  return `It is quicker than ${names} here, which gives right answers but may be emulated.`;
}
