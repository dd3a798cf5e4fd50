import { hasWeights } from './formats/format.ts';
import { ncnn } from './formats/ncnn.ts';
import type { ScaleTable } from './table.ts';
import type { CalibrationTarget, LayerWeights } from './target.ts';
import { largestMagnitude } from './weight-scales.ts';

/** A scale computed from the weights gives 127 or 31 levels to the largest of them, but for printed digits. */
const fullRanges: readonly number[] = [127, 31];
const tolerance = 0.005;

/**
 * The table with weight scales for every layer, where its format has none: per output channel or group of the weights
 * that boards run, the largest of them getting the last level, as TensorRT quantises weights by itself.
 */
export function completeWeights(table: ScaleTable, target: CalibrationTarget): ScaleTable {
  if (table.format !== 'tensorrt') return table;
  const listed = target.layers.filter(hasWeights).filter(({ bottoms }) => table.activations.has(bottoms[0]));
  const lines = listed.map(({ name, type, weights }) => [name, ncnn.weightScales(weights, type, 1)] as const);
  return { ...table, weights: new Map(lines) };
}

/**
 * The table with its weight scales brought to the weights that boards run: those with BatchNorm and Scale folded in.
 *
 * ncnn's tables are made from folded weights, the others from the model file's. Folding multiplies an output channel by
 * a factor f, so its scale becomes scale / f, one per channel, and the int8 weights stay what the table meant. Which
 * weights a table was made from is seen from the numbers (scale times largest weight is 127 or 31), since tables by
 * layers look alike and tables of merged models are used with unmerged ones; where that does not tell, the format does.
 */
export function foldTable(given: ScaleTable, target: CalibrationTarget): ScaleTable {
  const table = completeWeights(given, target);
  if (table !== given) return table;
  const folded = target.layers.filter(hasWeights).filter(({ weights }) => weights.data !== weights.folded);
  const lines = folded.flatMap(({ name, weights }) => {
    const scales = table.weights.get(name);
    return scales === undefined ? [] : [{ name, weights, scales }];
  });
  const matches = (data: 'data' | 'folded'): number =>
    lines.reduce((sum, { scales, weights }) => sum + fullRangeScales(scales, weights[data]), 0);
  const [ofFile, ofFolded] = [matches('data'), matches('folded')];
  const isFolded = ofFile === ofFolded ? table.format === 'ncnn' : ofFolded > ofFile;
  if (isFolded || lines.length === 0) return table;

  const weights = new Map(table.weights);
  for (const { name, scales, weights: layer } of lines) weights.set(name, foldLine(scales, layer));
  return { ...table, weights };
}

/** How many of a line's scales spread exactly their part of the weights over all levels. */
function fullRangeScales(scales: readonly number[], weights: Float32Array): number {
  const length = weights.length / scales.length;
  return scales.filter((scale, part) => {
    const levels = scale * largestMagnitude(weights.subarray(part * length, (part + 1) * length));
    return fullRanges.some((range) => Math.abs(levels / range - 1) < tolerance);
  }).length;
}

function foldLine(scales: readonly number[], weights: LayerWeights): readonly number[] {
  const { outputChannels, data, folded } = weights;
  const length = data.length / outputChannels;
  return Array.from({ length: outputChannels }, (_, channel) => {
    const scale = scales[Math.floor((channel * scales.length) / outputChannels)];
    const part = (values: Float32Array): number =>
      largestMagnitude(values.subarray(channel * length, (channel + 1) * length));
    const [before, after] = [part(data), part(folded)];
    return before === 0 || after === 0 ? 0 : (scale * before) / after;
  });
}
