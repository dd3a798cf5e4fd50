import { cpus } from 'node:os';
import type * as v from 'valibot';
import type { WorkerLauncher } from '../../core/common/worker-process.ts';
import { chooseDevice, processor, type ChosenDevice } from '../../core/inference/devices/choose-device.ts';
import type { EngineCalls } from '../shared/ipc-schema.ts';

type Device = v.InferOutput<EngineCalls['devices.list']['result']>[number];

/** What runs the network in fp32 on this computer: found out when somebody first asks, and kept. */
export class Devices {
  private choosing: Promise<ChosenDevice> | undefined;

  /** @param launch starts the processes that try devices; without it there is the processor alone */
  constructor(readonly launch: WorkerLauncher | undefined) {}

  /** The device that is used. Rejects only where `signal` fires; what was begun goes on for the next who asks. */
  async chosen(signal?: AbortSignal): Promise<ChosenDevice> {
    this.choosing ??= this.choose();
    return signal === undefined ? this.choosing : unlessAborted(this.choosing, signal);
  }

  /** All that were tried, with how they did, and of the one that is used why it is. */
  async list(): Promise<Device[]> {
    const { provider, why, tried } = await this.chosen();
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

  private async choose(): Promise<ChosenDevice> {
    const { launch } = this;
    if (launch !== undefined) return chooseDevice({ launch });
    return { ...processor, why: 'GPUs cannot be tried here: no process could be started for it.' };
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
