import * as v from 'valibot';

export const text = v.string();
export const path = v.pipe(v.string(), v.nonEmpty());
export const count = v.pipe(v.number(), v.finite(), v.minValue(0));
export const index = v.pipe(v.number(), v.integer(), v.minValue(0));
export const nothing = v.undefined();
export const shape = v.array(index);
export const bytes = v.instance(Uint8Array);

/** An error as it crosses from one process to another: a CortadoError's parts, or `defect` for anything else. */
export const errorSchema = v.object({
  /** Stable and dotted; `defect` where Cortado itself is at fault. */
  code: text,
  message: text,
  advice: text,
  location: v.object({ file: v.exactOptional(text), line: v.exactOptional(index), field: v.exactOptional(text) }),
  /** For "copy details"; a stack for defects, else empty. */
  details: text,
});
export type WireError = v.InferOutput<typeof errorSchema>;

/** A picture ready to be shown, as the bytes of a PNG file. */
export const pngSchema = v.object({ width: index, height: index, png: bytes });
export type Png = v.InferOutput<typeof pngSchema>;
