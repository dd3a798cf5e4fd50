import { cpus } from 'node:os';
import type * as v from 'valibot';
import type { LongCall, Progress, ProgressListener } from '../../core/common/progress.ts';
import type { WorkerLauncher } from '../../core/common/worker-process.ts';
import { deviceOf, processor, tryDevices, type ChosenDevice } from '../../core/inference/devices/choose-device.ts';
import type { DeviceTrial } from '../../core/inference/devices/try-device.ts';
import type { Decisions } from '../../core/project/schema.ts';
import type { EngineCalls } from '../shared/ipc-schema.ts';

/** What the user would have: what is quickest, a GPU, or the processor. */
type Preference = Decisions['calibrate']['device'];
type Device = v.InferOutput<EngineCalls['devices.list']['result']>[number];

/** What runs the network in fp32 on this computer: found out when somebody first asks, and kept. */
export class Devices {
  private trials: Promise<readonly DeviceTrial[]> | undefined;
  /** How far the trials are, and who wants to know. */
  private progress: Progress | undefined;
  private readonly listeners = new Set<ProgressListener>();

  /** @param launch starts the processes that try devices; without it there is the processor alone */
  constructor(readonly launch: WorkerLauncher | undefined) {}

  /** The device that is used. Rejects only where `signal` fires; what was begun goes on for the next who asks. */
  async chosen(prefer: Preference = 'auto', { signal, onProgress }: LongCall = {}): Promise<ChosenDevice> {
    if (prefer === 'cpu') return processor;
    const { launch } = this;
    if (launch === undefined) {
      return { ...processor, why: 'GPUs cannot be tried here: no process could be started for it.' };
    }
    this.trials ??= this.tryAll(launch);
    if (onProgress !== undefined) this.listen(onProgress);
    try {
      return deviceOf(await (signal === undefined ? this.trials : unlessAborted(this.trials, signal)), prefer);
    } finally {
      if (onProgress !== undefined) this.listeners.delete(onProgress);
    }
  }

  private async tryAll(launch: WorkerLauncher): Promise<readonly DeviceTrial[]> {
    try {
      return await tryDevices({ launch, onProgress: this.tell.bind(this) });
    } finally {
      this.progress = undefined;
    }
  }

  private tell(progress: Progress): void {
    this.progress = progress;
    for (const listener of this.listeners) listener(progress);
  }

  /** Tells at once how far they are: they may have begun for somebody else. */
  private listen(listener: ProgressListener): void {
    this.listeners.add(listener);
    if (this.progress !== undefined) listener(this.progress);
  }

  /** All that were tried, with how they did, and of the one that is used why it is. */
  async list(prefer: Preference = 'auto'): Promise<Device[]> {
    const { provider, why, tried } = await this.chosen(prefer);
    if (tried.length === 0) return [{ id: provider, name: nameOf(processor), usable: true, used: true, reason: why }];
    return tried.map((trial) => {
      const used = trial.provider === provider;
      // The processor computes even where its trial failed: nothing else is left.
      return {
        ...{ id: trial.provider, name: nameOf(trial), used, usable: trial.works || used },
        reason: used ? why : trial.reason,
      };
    });
  }
}

/** The processor by its model, others as they are known. */
function nameOf({ provider, name }: Pick<ChosenDevice, 'provider' | 'name'>): string {
  return provider === 'cpu' ? (cpus().at(0)?.model.trim() ?? process.arch) : name;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
