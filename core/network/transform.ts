import type { Fields } from '../caffe/fields.ts';

/** The preprocessing that a file states, in transform_param or (old files) in the data layer itself. */
export interface TransformParameters {
  /** The layer that states it. */
  readonly layer: string;
  readonly line: number;
  readonly scale: number | undefined;
  /** One per channel in the network's order, or one for all; empty where there is none. */
  readonly meanValues: readonly number[];
  /** As written: a path on the computer that trained. */
  readonly meanFile: string | undefined;
  /** Height and width of the crop. */
  readonly crop: { readonly height: number; readonly width: number } | undefined;
  readonly mirror: boolean;
  readonly forceGray: boolean;
}

/** What a layer's transform_param says, undefined where it has none. */
export function transformParameters(layer: Fields, name: string): TransformParameters | undefined {
  const holders = ['transform_param', 'data_param', 'image_data_param'].map((field) => layer.nested(field));
  const fields = ['scale', 'mean_value', 'mean_file', 'crop_size', 'crop_h', 'crop_w', 'mirror', 'force_gray'];
  const stated = holders.find((holder) => fields.some((field) => holder.has(field)));
  if (stated === undefined) return undefined;
  const size = stated.number('crop_size', 0);
  const height = stated.number('crop_h', size);
  const width = stated.number('crop_w', size);
  return {
    layer: name,
    line: stated.line,
    scale: stated.number('scale'),
    meanValues: stated.numbers('mean_value'),
    meanFile: stated.string('mean_file'),
    crop: height > 0 && width > 0 ? { height, width } : undefined,
    mirror: stated.boolean('mirror', false),
    forceGray: stated.boolean('force_gray', false),
  };
}
