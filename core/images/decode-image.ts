import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import sharp from 'sharp';
import { CortadoError, errorText } from '../common/errors.ts';
import type { PixelSize } from './preprocessing.ts';
import type { InterleavedImage } from './resize-bilinear.ts';

// Every picture is decoded once: what the library keeps of one is of no use for the next.
sharp.cache(false);

/**
 * Reads a picture in any format that the image library knows into 8-bit pixels: RGB, or gray where `gray` asks for it.
 *
 * As OpenCV's `imread` has it: the EXIF orientation is applied, colour profiles are not, an alpha channel is dropped
 * (not blended), 16 bits become 8 by their upper half, and of several pages the first is taken. Gray becomes colour by
 * repetition, colour becomes gray by ITU-R BT.601's weights in OpenCV's 15-bit fixed point.
 *
 * Errors: `images.missing`, `images.not-an-image`.
 */
export async function decodeImage(path: string, gray: boolean): Promise<InterleavedImage> {
  try {
    // The image library takes longer to read a file than to decode it, and so do the steps of reading it asynchronously.
    const { data, info } = await sharp(readFileSync(path), { autoOrient: true, ignoreIcc: true, failOn: 'error' })
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const image = { width: info.width, height: info.height, channels: info.channels, data: pixels };
    return gray ? toGray(image) : toRgb(image);
  } catch (cause) {
    throw await decodingError(path, cause);
  }
}

/** A picture's width and height in pixels, upright. Errors: those of `decodeImage`. */
export async function pictureSize(path: string): Promise<PixelSize> {
  try {
    const { autoOrient } = await sharp(path).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (cause) {
    throw await decodingError(path, cause);
  }
}

async function decodingError(path: string, cause: unknown): Promise<CortadoError> {
  try {
    await access(path);
  } catch {
    return new CortadoError('images.missing', 'There is no such picture.', 'Check the path.', {
      location: { file: path },
      cause,
    });
  }
  return new CortadoError(
    'images.not-an-image',
    `The file is not a picture that can be read: ${errorText(cause).trim().replace(/\.$/, '')}.`,
    'Replace it with a JPEG, PNG, WebP, TIFF or GIF picture, or take it out of the list.',
    { location: { file: path }, cause },
  );
}

interface Decoded extends PixelSize {
  readonly channels: number;
  readonly data: Uint8Array;
}

function toRgb(image: Decoded): InterleavedImage {
  if (image.channels === 3) return { ...image, channels: 3 };
  const count = image.width * image.height;
  const data = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) data.fill(image.data[i * image.channels], i * 3, i * 3 + 3);
  return { ...image, channels: 3, data };
}

function toGray(image: Decoded): InterleavedImage {
  if (image.channels === 1) return { ...image, channels: 1 };
  const count = image.width * image.height;
  const data = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * image.channels;
    const red = image.data[at];
    const green = image.data[at + 1];
    const blue = image.data[at + 2];
    data[i] = (red * 9798 + green * 19235 + blue * 3735 + (1 << 14)) >> 15;
  }
  return { ...image, channels: 1, data };
}
