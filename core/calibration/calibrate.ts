import { createForwardSession } from '../inference/onnx-session.ts';
import type { Network } from '../network/network.ts';
import { calibrateTarget, type CalibrationResult, type TargetRequest } from './calibrate-target.ts';
import { calibrationTarget } from './network-target.ts';
import type { CalibrationTarget } from './target.ts';

export interface CalibrationRequest extends Omit<TargetRequest, 'target' | 'createSession'> {
  /** Loaded with its weights. */
  readonly network: Network;
  /** Threads of the forward pass; one where absent. */
  readonly threads?: number | undefined;
  /** ONNX Runtime on the CPU where absent. */
  readonly createSession?: TargetRequest['createSession'] | undefined;
}

/**
 * Calibrates a network: `calibrateTarget` over ONNX Runtime. Inputs run one at a time, whatever batch the prototxt has.
 *
 * Errors: `calibration.*`, `network.*`, `inference.*`.
 */
export async function calibrate(request: CalibrationRequest): Promise<CalibrationResult> {
  const { network, threads } = request;
  const target = calibrationTarget(network);
  const createSession = request.createSession ?? calibrationSession(network, target, threads);
  return calibrateTarget({ ...request, target, createSession });
}

/** Opens sessions of ONNX Runtime for one input at a time. */
export function calibrationSession(
  network: Network,
  target: CalibrationTarget,
  threads: number | undefined,
): TargetRequest['createSession'] {
  return (outputs) =>
    createForwardSession(network, {
      outputs,
      inputShapes: target.inputs,
      // Inputs are counted while the next is forwarded: a second thread would only wait for the first.
      threads: threads ?? 1,
    });
}
