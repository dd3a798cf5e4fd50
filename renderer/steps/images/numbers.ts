/** One number per channel, separated by blanks or commas; a single one holds for all. Undefined where it is not that. */
export function parseMean(text: string, channels: number): number[] | undefined {
  const parts = text.split(/[\s,;，]+/).filter((part) => part !== '');
  const values = parts.map(Number);
  if (values.some((value) => !Number.isFinite(value))) return undefined;
  if (values.length === 1) return new Array<number>(channels).fill(values[0]);
  return values.length === channels ? values : undefined;
}

/** A number that is not 0; undefined where it is not that. */
export function parseNumber(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) && value !== 0 ? value : undefined;
}

/** A positive whole number of pixels, runs or threads. */
export function parseSide(text: string, most = 65_536): number | undefined {
  const value = Number(text);
  return text.trim() !== '' && Number.isInteger(value) && value > 0 && value <= most ? value : undefined;
}

/** `104 117 123`, at most two decimals. */
export function meanText(values: readonly number[]): string {
  return values.map((value) => String(Math.round(value * 100) / 100)).join(' ');
}
