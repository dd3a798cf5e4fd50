import { basename } from 'node:path';
import type { Preprocessing } from '../../core/images/preprocessing.ts';
import type { ResolvedPreprocessing } from '../../core/images/resolve-preprocessing.ts';
import type { ImageList, PreprocessingView } from '../shared/schemas/network.ts';
import type { Labels } from './labels.ts';

/** The mean per channel; of a mean image its average. */
export function meanValues({ mean }: Preprocessing): number[] {
  if (mean.kind === 'values') return [...mean.values];
  const plane = mean.size.width * mean.size.height;
  return Array.from({ length: mean.channels }, (_, channel) => {
    const values = mean.data.subarray(channel * plane, (channel + 1) * plane);
    return values.reduce((sum, value) => sum + value, 0) / plane;
  });
}

export function preprocessingView(resolved: ResolvedPreprocessing | undefined): PreprocessingView {
  if (resolved === undefined) return { used: null, notes: [] };
  const { resize, crop, channels, mean, norm } = resolved.preprocessing;
  return {
    used: {
      ...{ resize: { ...resize }, crop: { ...crop }, channels, norm },
      mean: meanValues(resolved.preprocessing),
      meanIsImage: mean.kind === 'image',
    },
    notes: [...resolved.notes],
  };
}

export function imageItems(
  images: readonly string[],
  offset: number,
  limit: number,
  labels: Labels,
): ImageList['items'] {
  return images.slice(offset, offset + limit).map((path, position) => ({
    index: offset + position,
    path,
    name: basename(path),
    label: labels.labelOf(path),
  }));
}
