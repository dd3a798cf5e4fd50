import type { MeanImage } from '../caffe/mean-file.ts';
import { CortadoError } from '../common/errors.ts';
import { centreWindow, channelCount } from './pixels.ts';
import type { ChannelOrder, Mean, PixelSize } from './preprocessing.ts';

interface MeanRequest {
  readonly channels: ChannelOrder;
  readonly crop: PixelSize;
  /** The size that the user asked for, where there is one. */
  readonly size: PixelSize | undefined;
  readonly flags: { readonly mean?: readonly number[] | undefined; readonly meanImage?: MeanImage | undefined };
  readonly hints: { readonly meanValues?: readonly number[] | undefined; readonly meanFile?: string | undefined };
}

/** The mean, and the size that pictures must have before the crop so that a mean image fits them. */
export interface ResolvedMean {
  readonly mean: Mean;
  readonly size?: PixelSize;
}

/** Chooses the mean: `--mean` or `--mean-file`, else transform_param's, else none with a note that says so. */
export function resolveMean(request: MeanRequest, notes: string[]): ResolvedMean {
  const { flags, hints } = request;
  const count = channelCount(request.channels);
  if (flags.mean !== undefined && flags.meanImage !== undefined) {
    throw meanError('--mean and --mean-file are both given.', 'Give one of them.', '--mean');
  }
  if (flags.meanImage !== undefined) return cropMeanImage(flags.meanImage, request);
  if (flags.mean !== undefined) return { mean: perChannel(flags.mean, count, '--mean') };
  if (hints.meanValues !== undefined && hints.meanValues.length > 0) {
    const mean = perChannel(hints.meanValues, count, 'transform_param.mean_value');
    notes.push(`mean ${mean.values.join(' ')} comes from transform_param.`);
    return { mean };
  }
  notes.push(
    hints.meanFile === undefined
      ? 'No mean is subtracted: neither --mean nor --mean-file was given, and the prototxt names none.'
      : `The prototxt names the mean file ${hints.meanFile}, which was not given: no mean is subtracted. ` +
          'Give it with --mean-file, or its values with --mean.',
  );
  return { mean: { kind: 'values', values: new Array<number>(count).fill(0) } };
}

function perChannel(
  values: readonly number[],
  count: number,
  field: string,
): { readonly kind: 'values'; readonly values: readonly number[] } {
  if (values.some((value) => !Number.isFinite(value))) {
    throw meanError(`The mean ${values.join(' ')} holds a value that is no number.`, 'Give numbers.', field);
  }
  if (values.length === count) return { kind: 'values', values: [...values] };
  if (values.length === 1) return { kind: 'values', values: new Array<number>(count).fill(values[0]) };
  throw meanError(
    `${values.length} mean values are given, but the network's input has ${count} channel(s).`,
    `Give ${count === 1 ? 'one value' : `one value, or ${count} in the network's channel order`}.`,
    field,
  );
}

/**
 * The centre of a mean image, as Caffe's data transformer takes it: pictures have the mean's size before they are cropped,
 * and the same window is cut from both.
 */
function cropMeanImage(image: MeanImage, request: MeanRequest): ResolvedMean {
  const { crop, size } = request;
  const count = channelCount(request.channels);
  const own: PixelSize = { width: image.width, height: image.height };
  const place = `The mean image is ${image.channels} x ${image.height} x ${image.width}`;
  if (image.channels !== count) {
    throw meanError(`${place}, but the network's input has ${count} channel(s).`, 'Give the mean of this network.');
  }
  if (own.width < crop.width || own.height < crop.height) {
    throw meanError(
      `${place}, smaller than the network's input, ${crop.height} x ${crop.width}.`,
      'Give the mean of this network, or its values with --mean.',
    );
  }
  const isCropSized = own.width === crop.width && own.height === crop.height;
  if (size !== undefined && !isCropSized && (own.width !== size.width || own.height !== size.height)) {
    throw meanError(
      `${place}, but pictures are stretched to ${size.height} x ${size.width}.`,
      `Leave --size out, or give ${own.width} ${own.height}.`,
    );
  }
  const window = centreWindow(own, crop);
  const data = new Float32Array(count * crop.width * crop.height);
  for (let c = 0, target = 0; c < count; c++) {
    for (let y = 0; y < crop.height; y++, target += crop.width) {
      const from = (c * own.height + window.top + y) * own.width + window.left;
      data.set(image.data.subarray(from, from + crop.width), target);
    }
  }
  return { mean: { kind: 'image', channels: count, size: crop, data }, size: own };
}

function meanError(message: string, advice: string, field = '--mean-file'): CortadoError {
  return new CortadoError('preprocessing.mean', message, advice, { location: { field } });
}
