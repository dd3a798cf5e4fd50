import { CortadoError } from '../common/errors.ts';
import type { ScaleTable } from '../calibration/table.ts';
import type { ConvolutionOperation, Value, ValueId } from '../graph/graph.ts';

/** What a scale table says about a graph, whatever its keys are. Scales are float32 values, as packages hold them. */
export class TableScales {
  constructor(
    private readonly table: ScaleTable,
    private readonly values: ReadonlyMap<ValueId, Value>,
  ) {}

  /**
   * One weight scale per output channel, 0 for a dead one; undefined where the table does not list the layer. A line holds
   * one scale, one per output channel or one per group. Throws `table.weight-count` and `table.invalid-scale`.
   * They belong to the weights that the operation has: core/calibration/fold-table.ts brings others to them.
   */
  weightScales(operation: ConvolutionOperation): readonly number[] | undefined {
    const { layer, outputChannels, group } = operation;
    const line = this.table.weights.get(layer);
    if (line === undefined) return undefined;
    line.forEach((scale) => {
      requireScale(scale, layer);
    });
    if (line.length !== 1 && line.length !== outputChannels && line.length !== group) {
      throw new CortadoError(
        'table.weight-count',
        `The table gives ${line.length} weight scales for layer ${layer}, which has ${outputChannels} output channels.`,
        'Calibrate again with this model: the table was made for another one.',
        { location: { field: layer } },
      );
    }
    const channelsPerScale = outputChannels / line.length;
    return Array.from({ length: outputChannels }, (_, channel) => line[Math.floor(channel / channelsPerScale)]);
  }

  /**
   * The activation scale that the table gives for what a layer reads; 0 for a blob that was always 0, undefined where there
   * is no line. Scales per group fold into the smallest that is not 0: a blob has one scale, and the smallest keeps every
   * group's range.
   */
  inputScale(operation: ConvolutionOperation): number | undefined {
    if (this.table.activationKey === 'blob') return this.blobScale(operation.inputs[0]);
    return this.fold(operation.layer);
  }

  /**
   * The scale of a blob by its own name, for tables that are keyed so. Such a line describes the blob after the whole
   * forward pass, so a value that an in-place layer overwrites has none.
   */
  blobScale(id: ValueId): number | undefined {
    if (this.table.activationKey !== 'blob') return undefined;
    const value = this.values.get(id);
    return value?.blob === id ? this.fold(value.blob) : undefined;
  }

  private fold(key: string): number | undefined {
    const line = this.table.activations.get(key);
    if (line === undefined) return undefined;
    line.forEach((scale) => {
      requireScale(scale, key);
    });
    const living = line.filter((scale) => scale > 0);
    return living.length === 0 ? 0 : Math.fround(Math.min(...living));
  }
}

function requireScale(scale: number, key: string): void {
  if (Number.isFinite(scale) && scale >= 0 && Number.isFinite(Math.fround(scale))) return;
  throw new CortadoError(
    'table.invalid-scale',
    `The table's scale ${scale} of ${key} is not a finite number from 0 up.`,
    'Calibrate again; such a scale comes from a calibration that read no images or from a damaged file.',
    { location: { field: key } },
  );
}
