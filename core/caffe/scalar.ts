import type { Scalar } from './message.ts';

/** An integer as text format writes it (decimal, hexadecimal, octal), undefined for anything else. */
export function integerOf(scalar: Scalar): number | undefined {
  const match = /^[+-]?(0[xX][0-9a-fA-F]+|\d+)$/.exec(scalar.text);
  if (scalar.quoted || match === null) return undefined;
  const digits = scalar.text.replace(/^[+-]/, '');
  const octal = /^0[0-7]+$/.test(digits);
  const magnitude = octal ? parseInt(digits, 8) : Number(digits);
  return Number.isSafeInteger(magnitude) ? (scalar.text.startsWith('-') ? -magnitude : magnitude) : undefined;
}

/** A float, with the `f` that C leaves behind, `inf` and `nan`. */
export function floatOf(scalar: Scalar): number | undefined {
  if (scalar.quoted) return undefined;
  const text = scalar.text.toLowerCase();
  const special = /^([+-]?)(inf|infinity|nan)f?$/.exec(text);
  if (special !== null) {
    if (special[2] === 'nan') return NaN;
    return special[1] === '-' ? -Infinity : Infinity;
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?f?$/.test(text)) return Number(text.replace(/f$/, ''));
  return integerOf(scalar);
}

/** `true`, `false` and the numeric and short forms that protobuf takes. */
export function booleanOf(scalar: Scalar): boolean | undefined {
  if (scalar.quoted) return undefined;
  if (['true', 'True', 't', '1'].includes(scalar.text)) return true;
  return ['false', 'False', 'f', '0'].includes(scalar.text) ? false : undefined;
}

/** The name of an enum's value that is written as its name or its number. */
export function enumNameOf(scalar: Scalar, names: readonly string[]): string | undefined {
  if (scalar.quoted) return undefined;
  if (names.includes(scalar.text)) return scalar.text;
  const number = integerOf(scalar);
  return number === undefined ? undefined : names[number];
}
