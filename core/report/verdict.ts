import { formatDuration, formatHertz, formatPercent, threeDigits } from './format.ts';
import type { Report } from './schema.ts';
import { median, medianRange, summarise } from './statistics.ts';

/** `bad`: do not use the figures; `caution`: use them with this in mind. */
export type FindingLevel = 'good' | 'caution' | 'bad';

export interface Finding {
  readonly level: FindingLevel;
  /** Stable, for translations: `few-samples`. */
  readonly code: string;
  /** A sentence or two for somebody who does not measure for a living. */
  readonly text: string;
}

const ENOUGH_SAMPLES = 30;
/** One in a hundred cannot be told from fewer. */
const ENOUGH_FOR_TAIL = 100;
const CLOSE_ENOUGH = 0.05;
const DRIFT = 0.05;
const LONG_TAIL = 1.5;
const CLOCK_CHANGE = 0.05;
/** From here on many boards slow down. */
const HOT_CELSIUS = 80;

/** What speaks for and against the figures of a report. Never empty. */
export function findingsOf(report: Report): readonly Finding[] {
  const checks = [machine, sampleCount, drift, tail, throttling, clocks, heat, governor];
  const found = checks.flatMap((check) => check(report));
  if (found.every((finding) => finding.level === 'good')) {
    found.push({ level: 'good', code: 'steady', text: 'The runs are many and steady: the figures can be relied on.' });
  }
  return found;
}

/** The worst level among the findings. */
export function overallLevel(findings: readonly Finding[]): FindingLevel {
  if (findings.some((finding) => finding.level === 'bad')) return 'bad';
  return findings.some((finding) => finding.level === 'caution') ? 'caution' : 'good';
}

function machine({ board, accelerator }: Report): Finding[] {
  if (accelerator?.simulated === true) {
    const text = `The accelerator was simulated: its cycles are those of its circuit with a memory of ${formatRate(accelerator.memoryBytesPerSecond)}, the latency is these at ${formatHertz(accelerator.clockHz)}. The processor's part is not in it.`;
    return [{ level: 'caution', code: 'simulated', text }];
  }
  if (board.emulated) {
    const text = 'The board was emulated: outputs are right, times mean nothing.';
    return [{ level: 'bad', code: 'emulated', text }];
  }
  if (board.kind === 'virtual') {
    const text = 'The "board" was this computer: the times are its own, not those of an edge board.';
    return [{ level: 'caution', code: 'virtual', text }];
  }
  return [];
}

function sampleCount({ latency, accelerator }: Report): Finding[] {
  if (accelerator?.simulated === true) return [];
  const { samplesNs } = latency;
  const middle = median(samplesNs);
  const { lowNs, highNs } = medianRange(samplesNs);
  const uncertain = Math.max(highNs - middle, middle - lowNs) / middle;
  if (samplesNs.length < ENOUGH_SAMPLES) {
    const text = `Only ${samplesNs.length} timed runs: too few for percentiles. Ask for ${ENOUGH_SAMPLES} or more (--iterations).`;
    return [{ level: 'caution', code: 'few-samples', text }];
  }
  if (uncertain > CLOSE_ENOUGH) {
    const text = `The median may be off by ${formatPercent(uncertain)}: the runs differ much. More of them (--iterations) help.`;
    return [{ level: 'caution', code: 'uncertain-median', text }];
  }
  return [];
}

function formatRate(bytesPerSecond: number | null): string {
  return bytesPerSecond === null ? 'a bandwidth that is not known' : `${threeDigits(bytesPerSecond / 1e9)} GB/s`;
}

function drift({ latency }: Report): Finding[] {
  const third = Math.floor(latency.samplesNs.length / 3);
  if (third < 5) return [];
  const first = median(latency.samplesNs.slice(0, third));
  const last = median(latency.samplesNs.slice(-third));
  const change = last / first - 1;
  if (Math.abs(change) < DRIFT) return [];
  const how = change > 0 ? `${formatPercent(change)} slower` : `${formatPercent(-change)} faster`;
  const why = change > 0 ? 'heat or other programs are likely' : 'more warm-up runs (--warmup) are needed';
  const text = `The last third of the runs is ${how} than the first third: ${why}.`;
  return [{ level: 'caution', code: 'drift', text }];
}

function tail({ latency }: Report): Finding[] {
  if (latency.samplesNs.length < ENOUGH_FOR_TAIL) return [];
  const { p99Ns, medianNs } = summarise(latency.samplesNs);
  if (p99Ns <= LONG_TAIL * medianNs) return [];
  const text = `One run in a hundred takes ${formatDuration(p99Ns)} or more, against ${formatDuration(medianNs)} in the middle: other programs or interrupts get in the way.`;
  return [{ level: 'caution', code: 'long-tail', text }];
}

function throttling({ conditions }: Report): Finding[] {
  if (!conditions.some((each) => each.throttled === true)) return [];
  const text = 'The board lowered its clock while it ran (heat or a weak power supply): with cooling it may be faster.';
  return [{ level: 'bad', code: 'throttled', text }];
}

function clocks({ conditions }: Report): Finding[] {
  const seen = new Map<number, number[]>();
  // Before the run a core may idle at a low clock, which says nothing about the run.
  for (const { phase, clocks: readings } of conditions) {
    if (phase !== 'during') continue;
    for (const { cpu, hz } of readings) seen.set(cpu, [...(seen.get(cpu) ?? []), hz]);
  }
  const changes = [...seen.values()].map((each) => ({ low: Math.min(...each), high: Math.max(...each) }));
  const changed = changes.find(({ low, high }) => low < high * (1 - CLOCK_CHANGE));
  if (changed === undefined) return [];
  const text = `The clock moved between ${formatHertz(changed.low)} and ${formatHertz(changed.high)} during the runs: latency moves with it.`;
  return [{ level: 'caution', code: 'clock-changed', text }];
}

function heat({ conditions }: Report): Finding[] {
  const hottest = Math.max(...conditions.flatMap((each) => each.temperatures.map(({ celsius }) => celsius)), -Infinity);
  if (hottest < HOT_CELSIUS) return [];
  const text = `The board reached ${hottest.toFixed(0)} °C: it may slow down in longer use.`;
  return [{ level: 'caution', code: 'hot', text }];
}

function governor({ conditions }: Report): Finding[] {
  const others = [...new Set(conditions.flatMap((each) => each.governors))].filter((name) => name !== 'performance');
  if (others.length === 0) return [];
  const text = `The clock is managed by "${others.join('", "')}", which raises it only under load; "performance" gives the board's best and steadiest figures.`;
  return [{ level: 'caution', code: 'governor', text }];
}
