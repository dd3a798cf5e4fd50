import type { MeanImage } from '../caffe/mean-file.ts';
import { CortadoError } from '../common/errors.ts';
import { shapeText, type Shape } from '../common/tensor.ts';
import type { TransformParameters } from '../network/transform.ts';
import { resolveMean } from './resolve-mean.ts';
import { channelCount } from './pixels.ts';
import type { ChannelOrder, PixelSize, Preprocessing } from './preprocessing.ts';

/** What a prototxt's `transform_param` says, where it says it. */
export type TransformHints = Partial<Pick<TransformParameters, 'scale' | 'meanValues' | 'meanFile' | 'crop'>>;

/** What the user says; every part wins over the prototxt. */
export interface PreprocessingFlags {
  /** One value per channel in the network's own order, or one for all channels. */
  readonly mean?: readonly number[] | undefined;
  readonly meanImage?: MeanImage | undefined;
  readonly norm?: number | undefined;
  readonly size?: PixelSize | undefined;
  readonly crop?: PixelSize | undefined;
  readonly channels?: ChannelOrder | undefined;
}

export interface ResolvedPreprocessing {
  readonly preprocessing: Preprocessing;
  /** What was taken from where and what nobody said, one sentence each, for the user. */
  readonly notes: readonly string[];
}

/**
 * Makes the one preprocessing value. Flags win over `transform_param`, which wins over the defaults: stretched to the
 * network's input size (to a mean image's own size where that is larger, the centre of both being used, as in Caffe's
 * data layers), no mean, norm 1, BGR for three channels and gray for one.
 *
 * `inputShape` is the network's input, N x C x H x W. Errors: `preprocessing.input`, `preprocessing.channels`,
 * `preprocessing.size`, `preprocessing.crop`, `preprocessing.norm`, `preprocessing.mean`.
 */
export function resolvePreprocessing(request: {
  readonly transformParams: readonly TransformHints[];
  readonly inputShape: Shape;
  readonly flags: PreprocessingFlags;
}): ResolvedPreprocessing {
  const { inputShape, flags } = request;
  const notes: string[] = [];
  const hints = firstHints(request.transformParams, notes);
  const channels = resolveChannels(inputShape, flags.channels);
  const crop = resolveCrop({ width: inputShape[3], height: inputShape[2] }, flags.crop, hints, notes);
  const mean = resolveMean({ channels, crop, size: flags.size, flags, hints }, notes);
  const resize = flags.size ?? mean.size ?? crop;
  if (resize.width < crop.width || resize.height < crop.height) {
    throw new CortadoError(
      'preprocessing.size',
      `Pictures stretched to ${sizeText(resize)} are smaller than the network's input, ${sizeText(crop)}.`,
      `Give --size with at least ${crop.width} ${crop.height}.`,
      { location: { field: '--size' } },
    );
  }
  const norm = resolveNorm(flags.norm, hints.scale, notes);
  return { preprocessing: { resize, crop, channels, mean: mean.mean, norm }, notes };
}

/** The first transform_param counts; several that differ are said. */
function firstHints(all: readonly TransformHints[], notes: string[]): TransformHints {
  const distinct = new Set(
    all.map(({ scale, meanValues, meanFile, crop }) => JSON.stringify([scale, meanValues, meanFile, crop])),
  );
  if (distinct.size > 1) notes.push('The prototxt has several transform_param that differ; the first one is used.');
  return all[0] ?? {};
}

function resolveChannels(inputShape: Shape, wanted: ChannelOrder | undefined): ChannelOrder {
  const count = inputShape[1];
  if (inputShape.length !== 4 || (count !== 1 && count !== 3)) {
    throw new CortadoError(
      'preprocessing.input',
      `The network's input is ${shapeText(inputShape)}, which is no picture of 1 or 3 channels.`,
      'Give its inputs as a folder of .npy tensors.',
    );
  }
  const channels = wanted ?? (count === 1 ? 'gray' : 'bgr');
  if (channelCount(channels) !== count) {
    throw new CortadoError(
      'preprocessing.channels',
      `--channels ${channels} is ${channelCount(channels)} channel(s), but the network's input has ${count}.`,
      count === 1 ? 'Use --channels gray.' : 'Use --channels bgr or --channels rgb.',
      { location: { field: '--channels' } },
    );
  }
  return channels;
}

function resolveCrop(
  input: PixelSize,
  wanted: PixelSize | undefined,
  hints: TransformHints,
  notes: string[],
): PixelSize {
  if (wanted !== undefined && (wanted.width !== input.width || wanted.height !== input.height)) {
    throw new CortadoError(
      'preprocessing.crop',
      `--crop ${sizeText(wanted)} is not the network's input size, ${sizeText(input)}.`,
      `Leave --crop out, or give ${input.width} ${input.height}.`,
      { location: { field: '--crop' } },
    );
  }
  const stated = hints.crop;
  if (stated !== undefined && (stated.width !== input.width || stated.height !== input.height)) {
    notes.push(
      `transform_param crops to ${sizeText(stated)}, but the network's input is ${sizeText(input)}: the latter is used.`,
    );
  }
  return input;
}

function resolveNorm(flag: number | undefined, scale: number | undefined, notes: string[]): number {
  const norm = flag ?? scale ?? 1;
  if (!Number.isFinite(norm) || norm === 0) {
    throw new CortadoError(
      'preprocessing.norm',
      `The factor ${norm} leaves nothing of a picture.`,
      'Give --norm a number other than 0, such as 1 or 0.017.',
      { location: { field: flag === undefined ? 'transform_param.scale' : '--norm' } },
    );
  }
  if (flag === undefined && scale !== undefined) notes.push(`norm ${norm} comes from transform_param's scale.`);
  return norm;
}

function sizeText(size: PixelSize): string {
  return `${size.width}x${size.height}`;
}
