import { CortadoError } from '../common/errors.ts';
import type { Shape } from '../common/tensor.ts';
import { hasWeights, type ActivationLine, type Grouping, type TableFormatDefinition } from './formats/format.ts';
import { tableFormats } from './formats/index.ts';
import { requireFiniteWeights } from './guards.ts';
import type { MethodName } from './methods/index.ts';
import type { ThresholdMethod } from './methods/method.ts';
import { regionsOf, type Region } from './region.ts';
import type { TableFormat } from './table.ts';
import type { CalibrationTarget } from './target.ts';

/** What is wanted of a calibration. */
export interface CalibrationChoices {
  readonly format: TableFormat;
  /** The format's own where absent. */
  readonly method?: MethodName | undefined;
  /** The format's own where absent. */
  readonly group?: Grouping | undefined;
}

/** What a calibration counts, and what becomes of it: all that follows from the network before a value is seen. */
export interface CalibrationPlan {
  readonly format: TableFormat;
  readonly methodName: MethodName;
  readonly group: Grouping;
  readonly inputBlob: string;
  /** Lines of activation scales that the table may have. */
  readonly lines: readonly ActivationLine[];
  /** The table's weight lines: they follow from the weights alone. */
  readonly weights: ReadonlyMap<string, readonly number[]>;
  readonly notes: readonly string[];
}

/** Errors: `calibration.group`, `calibration.inputs`, `calibration.no-layer`, `calibration.weights`. */
export function planCalibration(target: CalibrationTarget, choices: CalibrationChoices): CalibrationPlan {
  const format = tableFormats[choices.format];
  const group = requireGroup(format, choices.group);
  const methodName = choices.method ?? format.defaultMethod;
  const inputBlob = onlyInputOf(target).blob;
  const lines = format.activationLines(target, group);
  if (lines.length === 0) throw nothingToCalibrate(format);
  for (const layer of target.layers.filter(hasWeights)) requireFiniteWeights(layer.name, layer.weights);
  const notes: string[] = [];
  const weights = weightLines(format, target, { group, method: format.methods[methodName], notes });
  return { format: format.name, methodName, group, inputBlob, lines, weights, notes };
}

/** What to look at: a region for every scale, each but once. */
export function plannedRegions({ lines }: CalibrationPlan): readonly Region[] {
  const regions = lines
    .flatMap(({ blob, parts }) => regionsOf(blob, parts))
    .map((region) => [region.id, region] as const);
  return [...new Map(regions).values()];
}

/** The input that calibration feeds. Error: `calibration.inputs`. */
export function onlyInputOf(target: CalibrationTarget): { readonly blob: string; readonly shape: Shape } {
  const inputs = [...target.inputs];
  if (inputs.length !== 1) {
    throw new CortadoError(
      'calibration.inputs',
      `The network has ${inputs.length} inputs (${inputs.map(([name]) => name).join(', ')}); calibration feeds one.`,
      'Use a prototxt with one input.',
    );
  }
  const [[blob, shape]] = inputs;
  return { blob, shape };
}

function weightLines(
  format: TableFormatDefinition,
  target: CalibrationTarget,
  how: { readonly group: Grouping; readonly method: ThresholdMethod; readonly notes: string[] },
): ReadonlyMap<string, readonly number[]> {
  const lines = new Map<string, readonly number[]>();
  for (const { name, type, weights } of format.weightLayers(target)) {
    const scales = format.weightScales(weights, type, how.group, how.method);
    const dead = scales.filter((scale) => scale === 0).length;
    if (dead > 0) {
      how.notes.push(
        `${dead} of ${scales.length} weight scales of ${name} are 0: the weights there are (nearly) all 0.`,
      );
    }
    lines.set(name, scales);
  }
  return lines;
}

function requireGroup(format: TableFormatDefinition, wanted: Grouping | undefined): Grouping {
  if (wanted === 1 && !format.canGroup) {
    throw new CortadoError(
      'calibration.group',
      `The format ${format.name} has no scales per channel or group.`,
      'Leave --group out, or choose --format ncnn, dev or dev-weight.',
      { location: { field: '--group' } },
    );
  }
  return wanted ?? format.defaultGroup;
}

function nothingToCalibrate(format: TableFormatDefinition): CortadoError {
  return new CortadoError(
    'calibration.no-layer',
    `The network has no layer that the format ${format.name} calibrates.`,
    format.name === 'ncnn' ? 'Its layers run in float: build with --precision fp32.' : 'Try --format ncnn.',
  );
}
