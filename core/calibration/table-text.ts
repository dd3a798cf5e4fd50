import { CortadoError } from '../common/errors.ts';
import type { ScaleTable } from './table.ts';

/** Ends the key of a layer's weight scales. */
const weightSuffix = '_param_0';

/** The lines of a table, before it is known what its activation keys name. */
export interface TableLines {
  readonly weights: ReadonlyMap<string, readonly number[]>;
  readonly activations: ReadonlyMap<string, readonly number[]>;
}

/**
 * A table as text: weight lines, then activation lines, `KEY SCALE…` each. Numbers have the fewest digits that give the
 * same float64 back, as Python prints them. Error: `table.key` for a name with a space.
 */
export function tableText(table: ScaleTable): string {
  const lines = [
    ...[...table.weights].map(([layer, scales]) => line(layer + weightSuffix, scales)),
    ...[...table.activations].map(([key, scales]) => line(key, scales)),
  ];
  return lines.join('');
}

function line(key: string, scales: readonly number[]): string {
  if (/\s/.test(key)) {
    throw new CortadoError(
      'table.key',
      `The name "${key}" has a space in it, which a scale table cannot hold.`,
      'Rename the layer or blob in the prototxt and the caffemodel.',
      { location: { field: key } },
    );
  }
  return `${key} ${scales.map(numberText).join(' ')}\n`;
}

/** As Python's `repr` of a float: `1.0`, `1e-05`, `1.5e+16`. */
export function numberText(value: number): string {
  const [mantissa, exponentText] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/**
 * Reads a table's lines. A scale of 0 (a dead channel) and large ones are taken as they are.
 * Errors with file and line: `table.empty`, `table.key`, `table.number`, `table.duplicate`.
 */
export function parseTableText(text: string, file: string): TableLines {
  const weights = new Map<string, readonly number[]>();
  const activations = new Map<string, readonly number[]>();
  text.split(/\r?\n/).forEach((content, index) => {
    const [key = '', ...numbers] = content.trim().split(/\s+/);
    if (key === '') return;
    const location = { file, line: index + 1, field: key };
    const isWeight = key.endsWith(weightSuffix);
    const lines = isWeight ? weights : activations;
    const name = isWeight ? key.slice(0, -weightSuffix.length) : key;
    if (numbers.length === 0 || name === '') {
      throw new CortadoError(
        'table.key',
        'The line is not a name with scales after it.',
        'A table has lines such as "conv1 12.5" and "conv1_param_0 130.2"; check that this file is one.',
        { location },
      );
    }
    if (lines.has(name)) {
      throw new CortadoError('table.duplicate', 'The key occurs twice.', 'Remove one of the two lines.', { location });
    }
    lines.set(
      name,
      numbers.map((number) => parseScale(number, location)),
    );
  });
  if (weights.size === 0 && activations.size === 0) {
    throw new CortadoError('table.empty', 'The table has no line.', 'Make it with cortado calibrate.', {
      location: { file },
    });
  }
  return { weights, activations };
}

function isScale(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
}

function parseScale(text: string, location: { readonly file: string; readonly line: number }): number {
  const value = Number(text);
  if (isScale(text) && Number.isFinite(value) && value >= 0) return value;
  throw new CortadoError(
    'table.number',
    /^[+-]?(inf|nan)/i.test(text)
      ? `The scale is ${text}: whoever made the table read no image, or one that was all zero.`
      : `"${text}" is not a scale: a number from 0 on.`,
    'Calibrate again; check the folder of images, the mean and the norm.',
    { location },
  );
}
