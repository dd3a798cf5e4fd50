export type TableFormat = 'ncnn' | 'release' | 'dev' | 'dev-weight' | 'tensorrt';

/**
 * A scale table as read or made: `int8 = round(float * scale)`. Lists keep the network's order, since files do.
 */
export interface ScaleTable {
  readonly format: TableFormat;
  /** By layer name: one scale, one per output channel, or (ncnn, layers with groups) one per group. */
  readonly weights: ReadonlyMap<string, readonly number[]>;
  /** What names an activation scale: the blob, or the layer whose first bottom it is. */
  readonly activationKey: 'blob' | 'layer';
  readonly activations: ReadonlyMap<string, readonly number[]>;
}
