/** A part of a blob that has a scale of its own: all of it, or one of `parts` equal groups of its channels. */
export interface Region {
  readonly id: string;
  readonly blob: string;
  /** From 0 on. */
  readonly part: number;
  readonly parts: number;
}

/** The regions of a blob of which there are `parts`. */
export function regionsOf(blob: string, parts: number): readonly Region[] {
  return Array.from({ length: parts }, (_, part) => ({ id: regionId(blob, part, parts), blob, part, parts }));
}

export function regionId(blob: string, part: number, parts: number): string {
  return parts === 1 ? blob : `${blob}[${part}/${parts}]`;
}

/** Its values among those of the blob for one input: channels come first, so a group of them lies together. */
export function regionValues({ part, parts }: Region, values: Float32Array): Float32Array {
  const size = values.length / parts;
  return parts === 1 ? values : values.subarray(part * size, (part + 1) * size);
}
