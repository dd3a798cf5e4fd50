/** `412 µs`, `12.3 ms`, `1.24 s`: three digits, the unit that reads best. */
export function formatDuration(nanoseconds: number): string {
  if (nanoseconds >= 1e9) return `${threeDigits(nanoseconds / 1e9)} s`;
  if (nanoseconds >= 1e6) return `${threeDigits(nanoseconds / 1e6)} ms`;
  return nanoseconds >= 1e3 ? `${threeDigits(nanoseconds / 1e3)} µs` : `${nanoseconds.toFixed(0)} ns`;
}

/** `512 B`, `12.3 KiB`, `1.50 GiB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 2 ** 30) return `${threeDigits(bytes / 2 ** 30)} GiB`;
  if (bytes >= 2 ** 20) return `${threeDigits(bytes / 2 ** 20)} MiB`;
  return bytes >= 1024 ? `${threeDigits(bytes / 1024)} KiB` : `${bytes} B`;
}

/** `1.20 GHz`. */
export function formatHertz(hertz: number): string {
  return hertz >= 1e9 ? `${threeDigits(hertz / 1e9)} GHz` : `${threeDigits(hertz / 1e6)} MHz`;
}

/** `12.5 %` of a share of 0.125. */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** `3.4 M`, for counts of operations. */
export function formatCount(count: number): string {
  if (count >= 1e9) return `${threeDigits(count / 1e9)} G`;
  if (count >= 1e6) return `${threeDigits(count / 1e6)} M`;
  return count >= 1e4 ? `${threeDigits(count / 1e3)} k` : String(count);
}

/** `2026-11-23 14:05 UTC`. */
export function formatMoment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** 3 significant digits without an exponent: 1.23, 12.3, 123, 1234. */
export function threeDigits(value: number): string {
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(decimals);
}
