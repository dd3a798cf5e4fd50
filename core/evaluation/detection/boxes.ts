/** Edges as shares of a picture's width and height, from its left and top. */
export interface RelativeBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** An object that a picture shows. */
export interface TruthBox {
  readonly label: number;
  readonly box: RelativeBox;
  /** Finding it is neither right nor wrong, as Pascal VOC has it. */
  readonly difficult: boolean;
}

/** An object that a network found. */
export interface FoundBox {
  readonly label: number;
  readonly confidence: number;
  readonly box: RelativeBox;
}

/** Intersection over union. It is the same in pixels, since both axes are only stretched. */
export function overlap(a: RelativeBox, b: RelativeBox): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

function area({ left, top, right, bottom }: RelativeBox): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top);
}
