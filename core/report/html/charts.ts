import { formatDuration, formatPercent } from '../format.ts';
import type { ReportLayer } from '../schema.ts';
import { quantile, sortedAscending, summarise } from '../statistics.ts';
import { escapeHtml } from './markup.ts';
import { durationLabels, linearScale, ticks } from './scale.ts';

const WIDTH = 720;
const HEIGHT = 260;
const LEFT = 76;
const RIGHT = 16;
const TOP = 14;
const BOTTOM = 40;
/** More dots than this say nothing more; the extremes of each group are kept. */
const MOST_DOTS = 1200;

/** Every timed run in its order, with the median as a line. */
export function timelineChart(samplesNs: readonly number[]): string {
  const { minNs, maxNs, medianNs } = summarise(samplesNs);
  const margin = Math.max((maxNs - minNs) * 0.06, maxNs * 0.005);
  const y = linearScale(Math.max(0, minNs - margin), maxNs + margin, HEIGHT - BOTTOM, TOP);
  const x = linearScale(1, Math.max(2, samplesNs.length), LEFT, WIDTH - RIGHT);
  const dots = thinned(samplesNs).map(
    ([index, value]) => `<circle cx="${at(x.position(index + 1))}" cy="${at(y.position(value))}" r="2.4"/>`,
  );
  const line = at(y.position(medianNs));
  const description = `${samplesNs.length} timed runs from first to last, between ${formatDuration(minNs)} and ${formatDuration(maxNs)}, median ${formatDuration(medianNs)}.`;
  return figure('Latency of each run, in order', description, HEIGHT, [
    valueAxis(y),
    countAxis(x, samplesNs.length),
    `<g class="dots">${dots.join('')}</g>`,
    `<line class="median" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${line}" y2="${line}"/>`,
    `<text class="median-label" x="${WIDTH - RIGHT}" y="${TOP - 2}" text-anchor="end">dashed: median ${formatDuration(medianNs)}</text>`,
  ]);
}

/** How often which latency occurred; bin width by Freedman and Diaconis, the slowest hundredth gathered at the right. */
export function histogramChart(samplesNs: readonly number[]): string {
  const sorted = sortedAscending(samplesNs);
  const low = sorted[0];
  const high = quantile(sorted, sorted.length >= 100 ? 0.99 : 1);
  const count = binCount(sorted, low, high);
  const bins = Array.from({ length: count }, () => 0);
  let beyond = 0;
  for (const value of sorted) {
    if (value > high) beyond++;
    else bins[Math.min(count - 1, Math.floor(((value - low) / (high - low || 1)) * count))]++;
  }
  const x = linearScale(low, high > low ? high : low + 1, LEFT, WIDTH - RIGHT);
  const y = linearScale(0, Math.max(...bins), HEIGHT - BOTTOM, TOP);
  const width = (WIDTH - RIGHT - LEFT) / count;
  const bars = bins.map((runs, index) => {
    const top = y.position(runs);
    return `<rect x="${at(LEFT + index * width + 0.5)}" y="${at(top)}" width="${at(Math.max(1, width - 1))}" height="${at(HEIGHT - BOTTOM - top)}"/>`;
  });
  const values = ticks(low, high, 6);
  const labels = durationLabels(values);
  const axis = values.map((value, index) => {
    const position = at(x.position(value));
    return `<text x="${position}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${labels[index]}</text>`;
  });
  const description = `Runs by latency, from ${formatDuration(low)} to ${formatDuration(high)} in ${count} groups${beyond === 0 ? '' : `; ${beyond} slower runs are not drawn`}.`;
  return figure('How often which latency occurred', description, HEIGHT, [
    runsAxis(y),
    `<g class="axis">${axis.join('')}</g>`,
    `<g class="bars">${bars.join('')}</g>`,
  ]);
}

/** One bar per layer in the network's order, as long as its share of the time. */
export function layersChart(layers: readonly ReportLayer[]): string {
  const row = 22;
  const names = 200;
  const longest = Math.max(...layers.map((layer) => layer.medianNs), 1);
  const total = layers.reduce((sum, layer) => sum + layer.medianNs, 0) || 1;
  const scale = linearScale(0, longest, 0, WIDTH - names - 140);
  const bars = layers.map(({ layer, kind, medianNs }, index) => {
    const top = index * row;
    const length = Math.max(1, scale.position(medianNs));
    return [
      `<g><title>${escapeHtml(`${layer} (${kind}): ${formatDuration(medianNs)}`)}</title>`,
      `<text x="${names - 8}" y="${top + 15}" text-anchor="end">${escapeHtml(shortened(layer, 26))}</text>`,
      `<rect x="${names}" y="${top + 3}" width="${at(length)}" height="${row - 6}"/>`,
      `<text class="value" x="${at(names + length + 6)}" y="${top + 15}">${formatDuration(medianNs)}, ${formatPercent(medianNs / total)}</text></g>`,
    ].join('');
  });
  const slowest = [...layers].sort((a, b) => b.medianNs - a.medianNs).slice(0, 3);
  const description = `Median time of ${layers.length} layers. The slowest: ${slowest.map(({ layer, medianNs }) => `${layer} ${formatDuration(medianNs)}`).join(', ')}.`;
  return figure('Time per layer', description, layers.length * row + 4, [
    `<g class="bars layers">${bars.join('')}</g>`,
  ]);
}

function figure(title: string, description: string, height: number, parts: readonly string[]): string {
  const label = escapeHtml(`${title}. ${description}`);
  return `<figure><figcaption>${escapeHtml(title)}</figcaption><svg role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">${parts.join('')}</svg></figure>`;
}

function valueAxis(y: ReturnType<typeof linearScale>): string {
  const values = ticks(y.low, y.high, 4);
  const labels = durationLabels(values);
  const lines = values.map((value, index) => gridLine(at(y.position(value)), labels[index]));
  return `<g class="axis">${lines.join('')}</g>`;
}

function runsAxis(y: ReturnType<typeof linearScale>): string {
  const values = ticks(0, y.high, 4).filter(Number.isInteger);
  return `<g class="axis">${values.map((value) => gridLine(at(y.position(value)), String(value))).join('')}<text x="${LEFT}" y="${HEIGHT - 4}">latency; height: number of runs</text></g>`;
}

function countAxis(x: ReturnType<typeof linearScale>, count: number): string {
  const labels = ticks(1, count, 6)
    .filter(Number.isInteger)
    .map(
      (value) => `<text x="${at(x.position(value))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${value}</text>`,
    );
  return `<g class="axis">${labels.join('')}<text x="${LEFT}" y="${HEIGHT - 4}">number of the run</text></g>`;
}

function gridLine(y: string, label: string): string {
  return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text x="${LEFT - 8}" y="${Number(y) + 4}" text-anchor="end">${label}</text>`;
}

function binCount(sorted: readonly number[], low: number, high: number): number {
  const between = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  const width = (2 * between) / Math.cbrt(sorted.length);
  if (!(width > 0)) return Math.min(10, sorted.length);
  return Math.min(60, Math.max(5, Math.ceil((high - low) / width)));
}

/** Pairs of index and value; of long lists the fastest and the slowest of each group of neighbours. */
function thinned(values: readonly number[]): readonly (readonly [number, number])[] {
  const pairs = values.map((value, index) => [index, value] as const);
  if (pairs.length <= MOST_DOTS) return pairs;
  const size = Math.ceil((2 * pairs.length) / MOST_DOTS);
  const kept: (readonly [number, number])[] = [];
  for (let start = 0; start < pairs.length; start += size) {
    const group = pairs.slice(start, start + size).sort((a, b) => a[1] - b[1]);
    kept.push(group[0]);
    if (group.length > 1) kept.push(group[group.length - 1]);
  }
  return kept;
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function at(value: number): string {
  return value.toFixed(1);
}
