import { readMeanFile } from '../caffe/mean-file.ts';
import { resolvePreprocessing, type ResolvedPreprocessing } from '../images/resolve-preprocessing.ts';
import type { Network } from '../network/network.ts';
import { onlyInput } from '../network/only-input.ts';
import { pixelSize, type PreprocessingOptions } from './options.ts';

/** Preprocessing from the flags, the prototxt and the defaults, with notes on what came from where. */
export async function preprocessingFor(network: Network, flags: PreprocessingOptions): Promise<ResolvedPreprocessing> {
  return resolvePreprocessing({
    transformParams: network.transforms,
    inputShape: onlyInput(network).shape,
    flags: {
      mean: flags.mean,
      meanImage: flags.meanFile === undefined ? undefined : await readMeanFile(flags.meanFile),
      norm: flags.norm,
      size: pixelSize(flags.size, '--size'),
      crop: pixelSize(flags.crop, '--crop'),
      channels: flags.channels,
    },
  });
}

/** Whether any of the flags was given, so that a network without a picture as its input is a contradiction. */
export function saysPreprocessing(flags: PreprocessingOptions): boolean {
  return [flags.mean, flags.meanFile, flags.norm, flags.size, flags.crop, flags.channels].some(
    (flag) => flag !== undefined,
  );
}

/** Whether the network takes pictures: one input of 1 or 3 channels with a height and a width. */
export function takesPictures(network: Network): boolean {
  const [input] = network.inputs;
  return network.inputs.length === 1 && input.shape.length === 4 && (input.shape[1] === 1 || input.shape[1] === 3);
}
