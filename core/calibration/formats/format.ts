import type { MethodName } from '../methods/index.ts';
import type { ThresholdMethod } from '../methods/method.ts';
import type { ScaleTable, TableFormat } from '../table.ts';
import type { CalibrationLayer, CalibrationTarget, LayerWeights } from '../target.ts';

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
  /** How many scales the line has: one for each of so many equal groups of the blob's channels. */
  readonly parts: number;
  /** A part whose largest magnitude is below this gets scale 0. */
  readonly dead?: number;
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
  /** Passes over the inputs where nobody says: 2 where the original tool's own thresholds are wanted, to the count. */
  readonly passes: 1 | 2;
  /** Layers that have a weight line, in order. */
  weightLayers(target: CalibrationTarget): readonly LayerWithWeights[];
  /** `method` may clip weights (ACIQ does); without it the largest weight has the last level. */
  weightScales(weights: LayerWeights, type: string, group: Grouping, method?: ThresholdMethod): readonly number[];
  activationLines(target: CalibrationTarget, group: Grouping): readonly ActivationLine[];
}

export type LayerWithWeights = CalibrationLayer & { readonly weights: LayerWeights };

export function hasWeights(layer: CalibrationLayer): layer is LayerWithWeights {
  return layer.weights !== undefined;
}

/** What the Caffe tools take for a convolution: a deconvolution, which boards compute as one, is none. */
export function isConvolution(layer: LayerWithWeights): boolean {
  return layer.weights.kind === 'convolution' && layer.type !== 'Deconvolution';
}

/** One line per layer, keyed by the layer, for its first bottom. */
export function linesByLayer(layers: readonly LayerWithWeights[]): readonly ActivationLine[] {
  return layers.map(({ name, bottoms }) => ({ key: name, blob: bottoms[0], layer: name, needed: true, parts: 1 }));
}

/** The kernels that the tools of 2018 take: 3 or 1 in both directions. */
export function hasListedKernel({ kernel }: LayerWeights): boolean {
  return kernel.height === kernel.width && (kernel.height === 3 || kernel.height === 1);
}

/** One line for every distinct first top of a layer, keyed by the blob, the inputs first. */
export function linesByBlob(target: CalibrationTarget): readonly ActivationLine[] {
  const readers = new Map<string, string>();
  for (const layer of target.layers) {
    if (layer.weights !== undefined && !readers.has(layer.bottoms[0])) readers.set(layer.bottoms[0], layer.name);
  }
  const lines = new Map<string, ActivationLine>();
  const add = (blob: string, maker: string): void => {
    if (lines.has(blob)) return;
    const reader = readers.get(blob);
    lines.set(blob, { key: blob, blob, layer: reader ?? maker, needed: reader !== undefined, parts: 1 });
  };
  for (const blob of target.inputs.keys()) add(blob, blob);
  for (const { name, tops } of target.layers) if (tops.length > 0) add(tops[0], name);
  return [...lines.values()];
}
