import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerLauncher } from '../common/worker-process.ts';
import { processor, type ChosenDevice } from '../inference/devices/choose-device.ts';
import { planForward } from '../inference/forward-plan.ts';
import { createForwardSession } from '../inference/onnx-session.ts';
import { deviceText } from '../inference/open-session.ts';
import type { Network } from '../network/network.ts';
import {
  calibrateTarget,
  forwardHere,
  type CalibrationResult,
  type CountRequest,
  type TargetRequest,
} from './calibrate-target.ts';
import { calibrationTarget } from './network-target.ts';
import type { Region } from './region.ts';
import type { CalibrationTarget } from './target.ts';
import { WorkerPool } from './workers/pool.ts';
import { workerCount } from './workers/worker-count.ts';

export interface CalibrationRequest extends Omit<TargetRequest, 'target' | 'openForward'> {
  /** Loaded with its weights. */
  readonly network: Network;
  /** Threads of the forward pass in a process; one where absent. */
  readonly threads?: number | undefined;
  /** What forwards; the processor where absent. Another one needs `workers`. */
  readonly device?: ChosenDevice | undefined;
  /** Processes that do the work; in this one where absent. */
  readonly workers?: WorkerOptions | undefined;
}

export interface WorkerOptions {
  readonly launch: WorkerLauncher;
  /** `workerCount` for the processor, one for a GPU, where absent. */
  readonly count?: number | undefined;
  /** Files after which a process is replaced by a fresh one. */
  readonly lifetime?: number | undefined;
}

/**
 * Calibrates a network: `calibrateTarget` over ONNX Runtime. Inputs run one at a time in each process, whatever batch the
 * prototxt has; the result does not depend on how many processes there are.
 *
 * Errors: `calibration.*`, `network.*`, `inference.*`.
 */
export async function calibrate(request: CalibrationRequest): Promise<CalibrationResult> {
  const target = calibrationTarget(request.network);
  return calibrateTarget({ ...request, target, openForward: forwardOf(request, target) });
}

/** How the network is forwarded, as the request has it. */
export function forwardOf(
  request: Pick<CalibrationRequest, 'network' | 'threads' | 'device' | 'workers' | 'signal'>,
  target: CalibrationTarget,
): CountRequest['openForward'] {
  const { network, workers, signal, threads = 1, device = processor } = request;
  const here = forwardHere(
    (outputs) => createForwardSession(network, { outputs, inputShapes: target.inputs, threads }),
    signal,
  );
  return async (work, outputs) => {
    const prepared = workers?.launch.prepare?.();
    const planned =
      outputs.length === 0 ? undefined : planForward(network, outputs, target.inputs, wholeBlobs(work.regions));
    if (workers === undefined || planned === undefined) return here(work, outputs);
    const folder = await mkdtemp(join(tmpdir(), 'cortado-'));
    const model = join(folder, 'network.onnx');
    await Promise.all([prepared, writeFile(model, planned.model)]);
    const settings = { provider: device.provider, threads };
    const pool = new WorkerPool({
      launch: workers.launch,
      // Two sessions at a time on a GPU only wait for each other, and have crashed drivers.
      count:
        workers.count ??
        (device.provider === 'cpu' ? workerCount(availableParallelism(), freemem(), planned.model.length) : 1),
      lifetime: workers.lifetime,
      setup: { ...work, folder, forward: { model, plan: planned.plan, settings } },
      signal,
    });
    return {
      runner: pool,
      device: deviceText(device.provider),
      processes: pool,
      close: async () => {
        pool.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  };
}

/** Blobs of which all values are counted together, whatever their order. */
function wholeBlobs(regions: readonly Region[]): ReadonlySet<string> {
  const inParts = new Set(regions.filter(({ parts }) => parts > 1).map(({ blob }) => blob));
  return new Set(regions.map(({ blob }) => blob).filter((blob) => !inParts.has(blob)));
}
