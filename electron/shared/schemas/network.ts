import * as v from 'valibot';
import { index, path, pngSchema, shape, text } from './basics.ts';

const blobSchema = v.object({ name: text, shape });

/** `Inspection` of core/network: the network as a graph, with what runs as int8, float or not, and why. */
export const networkSchema = v.object({
  name: text,
  file: text,
  model: v.nullable(text),
  format: text,
  inputs: v.array(blobSchema),
  outputs: v.array(blobSchema),
  layers: v.array(
    v.object({
      name: text,
      type: text,
      line: index,
      bottoms: v.array(text),
      tops: v.array(text),
      shapes: v.array(shape),
      summary: text,
      parameters: index,
      macs: index,
      runs: v.picklist(['int8', 'float', 'not']),
      reason: text,
    }),
  ),
  totals: v.object({ layers: index, parameters: index, macs: index, int8: index, float: index, not: index }),
  warnings: v.array(
    v.object({
      message: text,
      location: v.object({ file: v.exactOptional(text), line: v.exactOptional(index), field: v.exactOptional(text) }),
    }),
  ),
});
export type NetworkView = v.InferOutput<typeof networkSchema>;

export const imageListSchema = v.object({
  total: index,
  /** Whether the inputs are `.npy` tensors rather than pictures: then there is no preprocessing and no thumbnail. */
  tensors: v.boolean(),
  items: v.array(v.object({ index, path, name: text, label: v.nullable(text) })),
});
export type ImageList = v.InferOutput<typeof imageListSchema>;

const sizeSchema = v.object({ width: index, height: index });

/** What is used, where each part comes from, and notes for the user. */
export const preprocessingSchema = v.object({
  /** Null where the network takes no pictures. */
  used: v.nullable(
    v.object({
      resize: sizeSchema,
      crop: sizeSchema,
      channels: v.picklist(['bgr', 'rgb', 'gray']),
      /** Per channel in the network's order; of a mean image its average per channel. */
      mean: v.array(v.number()),
      meanIsImage: v.boolean(),
      norm: v.number(),
    }),
  ),
  notes: v.array(text),
});
export type PreprocessingView = v.InferOutput<typeof preprocessingSchema>;

/** A picture before and after: `after` shows the values that the network gets, stretched to 0…255. */
export const previewSchema = v.object({
  path,
  before: pngSchema,
  after: pngSchema,
  /** Of the network's input values. */
  range: v.object({ min: v.number(), max: v.number(), mean: v.number() }),
});
export type Preview = v.InferOutput<typeof previewSchema>;

const topSchema = v.array(v.object({ index, label: v.nullable(text), value: v.number() }));

/** What the network answers in fp32 under the settings found, and under others that are common. */
export const evidenceSchema = v.object({
  candidates: v.array(
    v.object({
      /** The first one is what is used. */
      used: v.boolean(),
      channels: v.picklist(['bgr', 'rgb', 'gray']),
      norm: v.number(),
      mean: v.array(v.number()),
      /** Mean of the largest probability over the pictures, 0…1. */
      certainty: v.number(),
      /** Share of labelled pictures that are right; null without labels. */
      top1: v.nullable(v.number()),
    }),
  ),
  pictures: v.array(v.object({ index, path, label: v.nullable(text), top: topSchema })),
  /** Position in `candidates` of one that is clearly surer than the used one; null where there is none. */
  surer: v.nullable(index),
});
export type Evidence = v.InferOutput<typeof evidenceSchema>;
export { topSchema };
