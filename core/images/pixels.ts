import { decodeImage } from './decode-image.ts';
import type { ChannelOrder, PixelSize, Preprocessing } from './preprocessing.ts';
import { resizeBilinear, type Window } from './resize-bilinear.ts';

/** How many channels a network with this order has. */
export function channelCount(channels: ChannelOrder): number {
  return channels === 'gray' ? 1 : 3;
}

/** The centre of `outer`, of `inner`'s size; odd rests go to the right and the bottom, as in Caffe's data layers. */
export function centreWindow(outer: PixelSize, inner: PixelSize): Window {
  return {
    left: Math.floor((outer.width - inner.width) / 2),
    top: Math.floor((outer.height - inner.height) / 2),
    width: inner.width,
    height: inner.height,
  };
}

/** Which of a decoded image's channels (red, green, blue) are the network's, in its order. */
const planeOrder: Readonly<Record<ChannelOrder, readonly number[]>> = { bgr: [2, 1, 0], rgb: [0, 1, 2], gray: [0] };

/**
 * Reads a picture and brings it to the network's size and channel order: decoded, stretched to `resize`, `crop` cut
 * from its centre. Returns 8-bit pixels, channels x crop.height x crop.width, before mean and norm: what travels to a
 * board. Errors: those of `decodeImage`.
 */
export async function decodeToPixels(
  path: string,
  preprocessing: Preprocessing,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const image = await decodeImage(path, preprocessing.channels === 'gray');
  signal?.throwIfAborted();
  const window = centreWindow(preprocessing.resize, preprocessing.crop);
  return resizeBilinear(image, preprocessing.resize, window, planeOrder[preprocessing.channels]);
}
