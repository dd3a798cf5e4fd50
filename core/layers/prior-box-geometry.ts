import type { Size2d } from '../graph/graph.ts';

/** prior_box_param, with steps and the image's size resolved. Sizes in pixels of the image. */
export interface PriorBoxes {
  readonly minSizes: readonly number[];
  /** None, or one per minSize. */
  readonly maxSizes: readonly number[];
  /** 1 first, then those of the file, each with its inverse where they are flipped. */
  readonly aspectRatios: readonly number[];
  readonly offset: number;
  readonly clip: boolean;
  readonly variances: readonly number[];
}

/** Aspect ratios as PriorBoxLayer::LayerSetUp gathers them: 1, then each new one and its inverse. */
export function gatherAspectRatios(stated: readonly number[], flip: boolean): number[] {
  const ratios = [1];
  for (const ratio of stated) {
    if (ratios.some((known) => Math.abs(ratio - known) < 1e-6)) continue;
    ratios.push(ratio);
    if (flip) ratios.push(1 / ratio);
  }
  return ratios;
}

/** Boxes per place of the feature map. */
export function boxesPerPlace({ minSizes, maxSizes, aspectRatios }: PriorBoxes): number {
  return minSizes.length * aspectRatios.length + maxSizes.length;
}

/** Width and height of each box of a place, in the order of PriorBoxLayer::Forward_cpu. */
function boxSizes({ minSizes, maxSizes, aspectRatios }: PriorBoxes): (readonly [number, number])[] {
  return minSizes.flatMap((size, index) => {
    const between = maxSizes.length > 0 ? [Math.sqrt(size * maxSizes[index])] : [];
    const others = aspectRatios.slice(1).map((ratio) => [size * Math.sqrt(ratio), size / Math.sqrt(ratio)] as const);
    return [[size, size] as const, ...between.map((side) => [side, side] as const), ...others];
  });
}

/** The layer's top: 2 x (places x boxes x 4), corners in parts of the image first, then their variances. */
export function priorBoxValues(boxes: PriorBoxes, map: Size2d, image: Size2d, step: Size2d): Float32Array {
  const sizes = boxSizes(boxes);
  const count = map.height * map.width * sizes.length * 4;
  const values = new Float32Array(2 * count);
  let at = 0;
  for (let y = 0; y < map.height; y += 1) {
    for (let x = 0; x < map.width; x += 1) {
      const centre = { x: (x + boxes.offset) * step.width, y: (y + boxes.offset) * step.height };
      for (const [width, height] of sizes) {
        values[at] = (centre.x - width / 2) / image.width;
        values[at + 1] = (centre.y - height / 2) / image.height;
        values[at + 2] = (centre.x + width / 2) / image.width;
        values[at + 3] = (centre.y + height / 2) / image.height;
        at += 4;
      }
    }
  }
  for (let index = 0; index < count; index += 1) {
    if (boxes.clip) values[index] = Math.min(Math.max(values[index], 0), 1);
    values[count + index] = boxes.variances[boxes.variances.length === 1 ? 0 : index % 4];
  }
  return values;
}
