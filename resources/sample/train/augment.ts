import { digitSize } from './digits.ts';
import type { Random } from './random.ts';

/** How far a training picture may be moved from where it was. */
const limits = { shift: 1.5, degrees: 10, scale: 0.1, shear: 0.1 };

/**
 * Writes a digit, randomly shifted, turned, resized and slanted, as network input: pixel / 256, bilinear, paper outside.
 * @param to 28 x 28 values
 */
export function writeAugmented(pixels: Uint8Array, random: Random, to: Float32Array): void {
  const angle = (random.between(-limits.degrees, limits.degrees) * Math.PI) / 180;
  const scaleX = 1 + random.between(-limits.scale, limits.scale);
  const scaleY = 1 + random.between(-limits.scale, limits.scale);
  const shear = random.between(-limits.shear, limits.shear);
  const shiftX = random.between(-limits.shift, limits.shift);
  const shiftY = random.between(-limits.shift, limits.shift);
  const centre = (digitSize - 1) / 2;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  for (let y = 0; y < digitSize; y++) {
    for (let x = 0; x < digitSize; x++) {
      const dx = (x - centre - shiftX) * scaleX;
      const dy = (y - centre - shiftY) * scaleY;
      const slanted = dx + shear * dy;
      const fromX = centre + cosine * slanted - sine * dy;
      const fromY = centre + sine * slanted + cosine * dy;
      to[y * digitSize + x] = bilinear(pixels, fromX, fromY) * inputScale;
    }
  }
}

/** Writes a digit as network input, as it is. */
export function writePlain(pixels: Uint8Array, to: Float32Array): void {
  for (let index = 0; index < pixels.length; index++) to[index] = pixels[index] * inputScale;
}

/** The `scale` of deploy.prototxt's transform_param. */
const inputScale = 1 / 256;

function bilinear(pixels: Uint8Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const [right, down] = [x - left, y - top];
  const upper = pixelAt(pixels, left, top) * (1 - right) + pixelAt(pixels, left + 1, top) * right;
  const lower = pixelAt(pixels, left, top + 1) * (1 - right) + pixelAt(pixels, left + 1, top + 1) * right;
  return upper * (1 - down) + lower * down;
}

function pixelAt(pixels: Uint8Array, x: number, y: number): number {
  return x < 0 || y < 0 || x >= digitSize || y >= digitSize ? 0 : pixels[y * digitSize + x];
}
