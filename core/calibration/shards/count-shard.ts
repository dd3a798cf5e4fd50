import { basename } from 'node:path';
import { CortadoError } from '../../common/errors.ts';
import { sha256Of, sha256OfFiles } from '../../common/sha256.ts';
import { VERSION } from '../../common/version.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import type { Network } from '../../network/network.ts';
import { forwardOf, type CalibrationRequest } from '../calibrate.ts';
import { withForward } from '../calibrate-target.ts';
import { countFine } from '../collect.ts';
import { noInputError } from '../guards.ts';
import { calibrationTarget } from '../network-target.ts';
import { planCalibration } from '../plan-calibration.ts';
import { inputsOf, type Shard, type ShardOrigin, type ShardPart } from './shard.ts';

export type ShardRequest = Omit<CalibrationRequest, 'passes'> & { readonly part: ShardPart };

/**
 * Counts one part of the inputs, in one pass. `inputs` are all of them: every machine is given the same list.
 * Errors: `shard.empty` where there are fewer inputs than parts, and those of `calibrate`.
 */
export async function countShard(request: ShardRequest): Promise<Shard> {
  const { network, part, inputs } = request;
  if (inputs.length === 0) throw noInputError([]);
  if (part.count > inputs.length) throw tooManyParts(part, inputs.length);
  const target = calibrationTarget(network);
  const plan = planCalibration(target, request);
  const own = { ...request, target, openForward: forwardOf(request, target), inputs: inputsOf(inputs, part) };
  const { fine, used, sampleCount, skipped } = await withForward(plan, own, countFine);
  return {
    part,
    origin: await originOf(network, request.preprocessing, inputs),
    plan,
    used,
    sampleCount,
    skipped,
    fine,
  };
}

async function originOf(
  network: Network,
  preprocessing: Preprocessing | undefined,
  inputs: readonly string[],
): Promise<ShardOrigin> {
  const { file, modelFile } = network;
  return {
    modelSha256: await sha256OfFiles(modelFile === undefined ? [file] : [file, modelFile]),
    preprocessing: preprocessingText(preprocessing),
    inputsSha256: sha256Of(inputs.map((path) => basename(path)).join('\n')),
    inputs: inputs.length,
    version: VERSION,
  };
}

function preprocessingText(preprocessing: Preprocessing | undefined): string {
  if (preprocessing === undefined) return 'tensors as they are';
  const { resize, crop, channels, mean, norm } = preprocessing;
  const meanText =
    mean.kind === 'values'
      ? `mean ${mean.values.join(' ')}`
      : `mean image ${sha256Of(new Uint8Array(mean.data.buffer, mean.data.byteOffset, mean.data.byteLength))}`;
  const size = `${resize.width} x ${resize.height}, ${crop.width} x ${crop.height} of it`;
  return `${size}, ${channels}, ${meanText}, norm ${norm}`;
}

function tooManyParts({ count }: ShardPart, inputs: number): CortadoError {
  return new CortadoError(
    'shard.empty',
    `${inputs} inputs cannot be shared out to ${count} shards.`,
    'Take fewer shards: each wants some dozens of inputs to be worth its start.',
    { location: { field: '--shard' } },
  );
}
