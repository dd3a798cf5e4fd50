import { CortadoError } from '../common/errors.ts';
import { readInputFile } from '../common/read-input.ts';
import { shapeText } from '../common/tensor.ts';
import { readBlob } from './blob.ts';
import { WireReader } from './wire.ts';

/** A mean image, channels in the order in which the network was trained (BGR nearly always). */
export interface MeanImage {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** channels x height x width. */
  readonly data: Float32Array;
}

/** Reads a mean.binaryproto: one BlobProto. Throws CortadoError `file.read`, `caffe.*`. */
export async function readMeanFile(path: string): Promise<MeanImage> {
  return parseMeanFile(await readInputFile(path, 'The mean image'), path);
}

/** Reads the bytes of a mean.binaryproto, which the result's data is a view of. */
export function parseMeanFile(bytes: Uint8Array<ArrayBuffer>, file: string): MeanImage {
  const { shape, data } = readBlob(new WireReader(bytes, file, 'mean'));
  const [channels = 0, height = 0, width = 0] = shape.slice(-3);
  const leading = shape.slice(0, -3);
  if (data.length === 0 || shape.length < 3 || leading.some((extent) => extent !== 1)) {
    throw new CortadoError(
      'caffe.mean-shape',
      `A mean image is channels x height x width; this blob is ${data.length === 0 ? 'empty' : shapeText(shape)}.`,
      "Give the mean.binaryproto that Caffe's compute_image_mean wrote.",
      { location: { file } },
    );
  }
  return { channels, height, width, data };
}
