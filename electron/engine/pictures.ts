import sharp from 'sharp';
import { CortadoError, errorText } from '../../core/common/errors.ts';
import { normalise } from '../../core/images/normalise.ts';
import { decodeToPixels } from '../../core/images/pixels.ts';
import type { Preprocessing } from '../../core/images/preprocessing.ts';
import type { Png } from '../shared/schemas/basics.ts';
import type { Preview } from '../shared/schemas/network.ts';

/** A picture fitted into a square of `size` pixels. Error: `images.not-an-image`. */
export async function thumbnail(path: string, size: number): Promise<Png> {
  try {
    const { data, info } = await sharp(path, { autoOrient: true })
      .resize(size, size, { fit: 'inside', withoutEnlargement: true })
      .png()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, png: new Uint8Array(data) };
  } catch (cause) {
    throw new CortadoError(
      'images.not-an-image',
      `The picture cannot be shown: ${errorText(cause)}.`,
      'Take it out of the folder or the list.',
      { location: { file: path }, cause },
    );
  }
}

/** A picture beside the values that the network gets of it. */
export async function preview(path: string, preprocessing: Preprocessing): Promise<Preview> {
  const values = normalise(await decodeToPixels(path, preprocessing), preprocessing);
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const { width, height } = preprocessing.crop;
  const channels = preprocessing.channels === 'gray' ? 1 : 3;
  const factor = max > min ? 255 / (max - min) : 0;
  const pixels = new Uint8Array(values.length);
  // Shown as the network sees it: its first channel as red, so that a wrong order shows as wrong colours.
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < width * height; i++) {
      pixels[i * channels + c] = Math.round((values[c * width * height + i] - min) * factor);
    }
  }
  const png = await sharp(pixels, { raw: { width, height, channels } }).png().toBuffer();
  return {
    path,
    before: await thumbnail(path, 512),
    after: { width, height, png: new Uint8Array(png) },
    range: { min, max, mean: sum / values.length },
  };
}
