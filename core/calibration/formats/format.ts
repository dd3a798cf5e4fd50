import type { ThresholdMethod } from '../methods/method.ts';
import type { ScaleTable, TableFormat } from '../table.ts';
import type { CalibrationLayer, CalibrationTarget, LayerWeights } from '../target.ts';

/** `--method`: what a user calls a way to choose thresholds. Each format has its own form of it. */
export type MethodName = 'kl';

/** `--group`: 1 for scales per output channel or group where the format has them, 0 for one per layer. */
export type Grouping = 0 | 1;

/** A line of activation scales that a table of this format has. */
export interface ActivationLine {
  /** The line's key: a blob's or a layer's name. */
  readonly key: string;
  readonly blob: string;
  /** The layer that reads the blob in int8, or that made it where none does. */
  readonly layer: string;
  /** Whether some layer computes with this scale; a blob that nobody reads so may be constant. */
  readonly needed: boolean;
}

/** One table format: which lines it has and how their scales are computed. Adding a format is a file and a list entry. */
export interface TableFormatDefinition {
  readonly name: TableFormat;
  readonly description: string;
  readonly activationKey: ScaleTable['activationKey'];
  readonly defaultGroup: Grouping;
  /** Whether `--group 1` means anything. */
  readonly canGroup: boolean;
  readonly methods: Readonly<Record<MethodName, ThresholdMethod>>;
  readonly defaultMethod: MethodName;
  /** Layers that have a weight line, in order. */
  weightLayers(target: CalibrationTarget): readonly LayerWithWeights[];
  weightScales(weights: LayerWeights, type: string, group: Grouping): readonly number[];
  activationLines(target: CalibrationTarget): readonly ActivationLine[];
}

export type LayerWithWeights = CalibrationLayer & { readonly weights: LayerWeights };

export function hasWeights(layer: CalibrationLayer): layer is LayerWithWeights {
  return layer.weights !== undefined;
}

export function isConvolution(layer: LayerWithWeights): boolean {
  return layer.weights.kind === 'convolution';
}

/** One line per layer, keyed by the layer, for its first bottom. */
export function linesByLayer(layers: readonly LayerWithWeights[]): readonly ActivationLine[] {
  return layers.map(({ name, bottoms }) => ({ key: name, blob: bottoms[0], layer: name, needed: true }));
}
