import { randomSource } from '../../common/random.ts';
import { elementCount, type Shape } from '../../common/tensor.ts';

/**
 * Values from 0 to 255 that look a little like a photograph: a light gradient, some soft discs of different colours, and
 * grain. The same for the same shape and seed on every system: only sums, products and comparisons are used.
 *
 * @param shape N x C x H x W; missing trailing extents count as 1
 */
export function imagePattern(shape: Shape, seed: number): Uint8Array {
  const random = randomSource(seed);
  const [images, channels, height, width] = [0, 1, 2, 3].map((axis) => shape[axis] ?? 1);
  const pixels = new Uint8Array(elementCount(shape));
  let to = 0;
  for (let image = 0; image < images; image += 1) {
    const discs = Array.from({ length: 12 }, () => ({
      x: random() * width,
      y: random() * height,
      radius: (0.05 + 0.3 * random()) * Math.max(width, height),
      levels: Array.from({ length: channels }, () => 360 * random() - 180),
    }));
    for (let channel = 0; channel < channels; channel += 1) {
      const base = 64 + 96 * random();
      const slopeX = (random() - 0.5) * 96;
      const slopeY = (random() - 0.5) * 96;
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          let value = base + (slopeX * x) / width + (slopeY * y) / height + 24 * (random() - 0.5);
          for (const disc of discs) {
            const distance = (x - disc.x) * (x - disc.x) + (y - disc.y) * (y - disc.y);
            const fall = 1 - distance / (disc.radius * disc.radius);
            if (fall > 0) value += disc.levels[channel] * fall;
          }
          pixels[to] = Math.max(0, Math.min(255, Math.round(value)));
          to += 1;
        }
      }
    }
  }
  return pixels;
}
