import { CortadoError, type SourceLocation } from '../common/errors.ts';
import type { TableLines } from './table-text.ts';
import type { ScaleTable } from './table.ts';

/** First line of a cache: TensorRT's version and the calibrator. TensorRT ignores a cache of another version. */
const header = 'TRT-8601-EntropyCalibration2';
const headerPattern = /^TRT-\d+-\w+$/;

/** Whether a text is a cache, by its first line. */
export function isTensorRtCache(text: string): boolean {
  return headerPattern.test(firstLine(text));
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf('\n') + 1 || undefined).trim();
}

/**
 * A table's activation scales as TensorRT's calibration cache: a line `NAME: HEX` for every tensor, HEX being the bits of
 * the float32 step (threshold / 127, so 1 / scale) as eight hexadecimal digits. A scale of 0 has the step 0.
 */
export function tensorRtCacheText(table: ScaleTable): string {
  const lines = [...table.activations].map(([blob, [scale]]) => `${blob}: ${stepBits(scale === 0 ? 0 : 1 / scale)}`);
  return [header, ...lines, ''].join('\n');
}

function stepBits(step: number): string {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, step);
  return view.getUint32(0).toString(16).padStart(8, '0');
}

/** Reads a cache. Errors with file and line: `table.key`, `table.number`, `table.duplicate`, `table.empty`. */
export function parseTensorRtCache(text: string, file: string): TableLines {
  const activations = new Map<string, readonly number[]>();
  text.split(/\r?\n/).forEach((content, index) => {
    const line = content.trim();
    if (line === '' || (index === 0 && headerPattern.test(line))) return;
    const location = { file, line: index + 1 };
    const match = /^(.+):\s*([0-9a-f]{1,8})$/i.exec(line);
    if (match === null) {
      throw new CortadoError(
        'table.key',
        'The line is not a tensor with its scale after it.',
        'A calibration cache has lines such as "data: 3c010a14"; check that this file is one.',
        { location },
      );
    }
    const [, name, bits] = match;
    if (activations.has(name)) {
      throw new CortadoError('table.duplicate', 'The tensor occurs twice.', 'Remove one of the two lines.', {
        location: { ...location, field: name },
      });
    }
    activations.set(name, [scaleOf(bits, { ...location, field: name })]);
  });
  if (activations.size === 0) {
    throw new CortadoError('table.empty', 'The calibration cache has no tensor.', 'Calibrate again.', {
      location: { file },
    });
  }
  return { weights: new Map(), activations };
}

function scaleOf(bits: string, location: SourceLocation): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, parseInt(bits, 16));
  const step = view.getFloat32(0);
  if (Number.isFinite(step) && step >= 0) return step === 0 ? 0 : 1 / step;
  throw new CortadoError(
    'table.number',
    `The scale ${bits} is the float ${step}, which is none.`,
    'Calibrate again: such a cache comes from inputs that were not read or not finite.',
    { location },
  );
}
