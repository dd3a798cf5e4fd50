/** Order in which the network wants an image's channels. */
export type ChannelOrder = 'bgr' | 'rgb' | 'gray';

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** What is subtracted from a pixel: one value per channel of the network's order, or an image of the network's input shape. */
export type Mean =
  | { readonly kind: 'values'; readonly values: readonly number[] }
  | { readonly kind: 'image'; readonly channels: number; readonly size: PixelSize; readonly data: Float32Array };

/**
 * How a picture becomes the network's input. One value, used by calibration, evaluation, packages and reports alike.
 * The input is `(pixel - mean) * norm`, pixel an integer from 0 to 255, channels first.
 */
export interface Preprocessing {
  /** The picture is stretched to this size (aspect not kept), bilinear. */
  readonly resize: PixelSize;
  /** Then this is cut from its centre; equals `resize` where nothing is cut. Always the network's input size. */
  readonly crop: PixelSize;
  readonly channels: ChannelOrder;
  readonly mean: Mean;
  readonly norm: number;
}
