import { formatHertz } from './format.ts';
import type { Report } from './schema.ts';
import { median, summarise } from './statistics.ts';

/** Two reports beside each other. A ratio above 1 means that the second is better (faster, smaller). */
export interface Comparison {
  readonly first: Report;
  readonly second: Report;
  /** Why a ratio of the two says little; empty where it can be trusted. */
  readonly reasons: readonly string[];
  readonly rows: readonly ComparisonRow[];
}

export interface ComparisonRow {
  readonly name: string;
  readonly kind: 'duration' | 'bytes' | 'rate';
  readonly first: number | null;
  readonly second: number | null;
  readonly ratio: number | null;
}

const CLOCK_DIFFERENCE = 0.05;

/** Puts two reports beside each other and says whether that is fair. */
export function compareReports(first: Report, second: Report): Comparison {
  const a = summarise(first.latency.samplesNs);
  const b = summarise(second.latency.samplesNs);
  return {
    first,
    second,
    reasons: reasonsAgainst(first, second),
    rows: [
      lessIsBetter('median latency', 'duration', a.medianNs, b.medianNs),
      lessIsBetter('mean latency', 'duration', a.meanNs, b.meanNs),
      lessIsBetter('90 % are below', 'duration', a.p90Ns, b.p90Ns),
      lessIsBetter('99 % are below', 'duration', a.p99Ns, b.p99Ns),
      {
        name: 'inferences per second',
        kind: 'rate',
        first: a.perSecond,
        second: b.perSecond,
        ratio: ratio(b.perSecond, a.perSecond),
      },
      lessIsBetter('load time', 'duration', first.run.loadNs, second.run.loadNs),
      lessIsBetter('package size', 'bytes', first.package.bytes, second.package.bytes),
      lessIsBetter('memory at the peak', 'bytes', first.run.peakMemoryBytes, second.run.peakMemoryBytes),
    ],
  };
}

function lessIsBetter(
  name: string,
  kind: ComparisonRow['kind'],
  first: number | null,
  second: number | null,
): ComparisonRow {
  return { name, kind, first, second, ratio: ratio(first, second) };
}

function ratio(above: number | null, below: number | null): number | null {
  return above === null || below === null || below === 0 ? null : above / below;
}

function reasonsAgainst(first: Report, second: Report): string[] {
  const reasons: string[] = [];
  const differs = (what: string, a: unknown, b: unknown) => {
    if (a !== b) reasons.push(`${what} differ: ${shown(a)} and ${shown(b)}.`);
  };
  if (first.board.emulated || second.board.emulated) {
    reasons.push('An emulated board was used: its times mean nothing, neither does their ratio.');
  }
  differs('The boards', boardName(first), boardName(second));
  differs('The models', first.package.modelSha256.slice(0, 12), second.package.modelSha256.slice(0, 12));
  differs('The numbers of threads', first.run.threads, second.run.threads);
  differs('The backends', first.run.backend, second.run.backend);
  const clocks = [clockWhileRunning(first), clockWhileRunning(second)];
  const [one, other] = clocks;
  if (one !== null && other !== null && Math.abs(one - other) > CLOCK_DIFFERENCE * Math.max(one, other)) {
    reasons.push(`The clocks differ: ${formatHertz(one)} and ${formatHertz(other)}.`);
  }
  const throttled = [first, second].filter((report) => report.conditions.some((each) => each.throttled === true));
  if (throttled.length === 1) reasons.push('In one of the runs the board lowered its clock, in the other it did not.');
  return reasons;
}

/** What makes a board the same one: its host key tells apart two of the same kind, a virtual one has a new key each time. */
function boardName({ board }: Report): string {
  const name = `${board.model ?? board.machine} (${board.hostname})`;
  return board.kind === 'virtual' ? name : `${name}, ${board.hostKey.slice(0, 19)}`;
}

/** The highest clock that a core showed while it ran, as a median over the readings. */
function clockWhileRunning({ conditions }: Report): number | null {
  const readings = conditions
    .filter((each) => each.phase === 'during' && each.clocks.length > 0)
    .map((each) => Math.max(...each.clocks.map((clock) => clock.hz)));
  return readings.length === 0 ? null : median(readings);
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : `"${String(value)}"`;
}
