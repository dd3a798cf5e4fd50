import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ShardPart } from '../calibration/shards/shard.ts';
import type { ChannelOrder, PixelSize } from '../images/preprocessing.ts';

/** The flags that describe preprocessing, as given; what is absent comes from transform_param or a default. */
export interface PreprocessingOptions {
  readonly mean?: readonly number[];
  readonly meanFile?: string;
  readonly norm?: number;
  readonly size?: readonly number[];
  readonly crop?: readonly number[];
  readonly channels?: ChannelOrder;
}

/** Adds `--mean --mean-file --norm --size --crop --channels` with the meaning of caffe-int8-convert-tools. */
export function addPreprocessingOptions(command: Command): Command {
  return command
    .option('--mean <values...>', "mean per channel, in the network's channel order (B G R for most)", collectNumbers)
    .option('--mean-file <file>', 'mean image (mean.binaryproto)')
    .option('--norm <factor>', 'factor after the mean is subtracted', parseNumber)
    .option('--size <width-height...>', 'stretch pictures to this width and height', collectCounts)
    .option('--crop <width-height...>', 'then cut this width and height from the centre', collectCounts)
    .addOption(
      new Option('--channels <order>', 'order in which the network wants channels').choices(['bgr', 'rgb', 'gray']),
    );
}

/** `--size W H` as a size. */
export function pixelSize(values: readonly number[] | undefined, flag: string): PixelSize | undefined {
  if (values === undefined) return undefined;
  if (values.length !== 2) throw new InvalidArgumentError(`${flag} wants a width and a height.`);
  return { width: values[0], height: values[1] };
}

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError(`"${text}" is not a number.`);
  return value;
}

export function parseCount(text: string): number {
  const value = parseNumber(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError(`"${text}" is not a whole number above 0.`);
  return value;
}

export function parseCountOrZero(text: string): number {
  return text.trim() === '0' ? 0 : parseCount(text);
}

/** `--shard I/N`. */
export function parseShardPart(text: string): ShardPart {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (index >= 1 && index <= count) return { index, count };
  throw new InvalidArgumentError(`"${text}" is not a part and a number of parts, such as 1/8.`);
}

/** A number above 0, up to 1. */
export function parseShare(text: string): number {
  const value = parseNumber(text);
  if (value <= 0 || value > 1) throw new InvalidArgumentError(`"${text}" is not a number above 0 and up to 1.`);
  return value;
}

/** `--input-shape`, for files that do not say the shape of their input. */
export const inputShapeOption = [
  '--input-shape <extents...>',
  "the input's shape where the file does not say it: number channels height width",
  collectCounts,
] as const;

/** `--keep-float`, of what builds or runs an int8 network. */
export const keepFloatOption = [
  '--keep-float <layers...>',
  'layers of the int8 network that run in float, by name',
] as const;

function collectNumbers(text: string, previous: readonly number[] | undefined): readonly number[] {
  return [...(previous ?? []), parseNumber(text)];
}

function collectCounts(text: string, previous: readonly number[] | undefined): readonly number[] {
  return [...(previous ?? []), parseCount(text)];
}
