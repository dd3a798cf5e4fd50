import { formatBytes, formatCount, formatDuration, formatHertz, formatMoment } from './format.ts';
import type { Report } from './schema.ts';
import { summarise } from './statistics.ts';

export type Fact = readonly [name: string, value: string];

/** `squeezenet_v1.1 (int8)`. */
export function packageTitle({ package: { name, precision } }: Report): string {
  return `${name} (${precision})`;
}

/** What kind of board it was, in words that nobody can take for more than it is. */
export function boardTitle(report: Report): string {
  const { board } = report;
  if (report.accelerator?.simulated === true)
    return `virtual ${report.accelerator.plannedFor.board} (simulated ${report.accelerator.part})`;
  if (board.emulated) return `virtual board, an emulated ${board.architecture} (times mean nothing)`;
  if (board.kind === 'virtual') return 'virtual board (this computer)';
  return board.model ?? `${board.hostname} (${board.machine})`;
}

/** The figures that most people look for. */
export function latencyFacts(report: Report): readonly Fact[] {
  const summary = summarise(report.latency.samplesNs);
  const { run } = report;
  if (report.accelerator?.simulated === true) {
    // Simulated cycles vary by a handful, with the phase of the memory: there is no distribution to describe.
    const { clockHz } = report.accelerator;
    return [
      ['simulated latency', `${formatDuration(summary.medianNs)} on the accelerator, at ${formatHertz(clockHz)}`],
      ['inferences per second', summary.perSecond.toFixed(1)],
      ['simulated runs', String(summary.count)],
    ];
  }
  return [
    ['median', formatDuration(summary.medianNs)],
    ['mean', formatDuration(summary.meanNs)],
    ['fastest, slowest', `${formatDuration(summary.minNs)}, ${formatDuration(summary.maxNs)}`],
    ['90 % are below', formatDuration(summary.p90Ns)],
    ['95 % are below', formatDuration(summary.p95Ns)],
    ['99 % are below', formatDuration(summary.p99Ns)],
    ['standard deviation', formatDuration(summary.standardDeviationNs)],
    ['median deviation', formatDuration(summary.medianAbsoluteDeviationNs)],
    ['inferences per second', summary.perSecond.toFixed(1)],
    ['timed runs', `${summary.count}, after ${run.warmup} to warm up`],
    ['load time', formatDuration(run.loadNs)],
    ['memory at the peak', run.peakMemoryBytes === null ? 'not known' : formatBytes(run.peakMemoryBytes)],
  ];
}

export function boardFacts(report: Report): readonly Fact[] {
  const { board, agent, run } = report;
  const cores = board.cpu.cores.map((core) => {
    const clock = core.maxHz === null ? '' : `, up to ${formatHertz(core.maxHz)}`;
    return `${core.count} x ${core.name ?? 'unknown core'}${clock}`;
  });
  return [
    ['board', boardTitle(report)],
    ['address', board.address],
    ['host key', board.hostKey],
    ['processor', cores.length === 0 ? `${board.cpu.count} cores` : cores.join('; ')],
    ['system', [board.os, board.kernel, board.machine].filter((part) => part !== null).join(', ')],
    ['memory', `${formatBytes(board.totalMemoryBytes)}, ${formatBytes(board.availableMemoryBytes)} of it free`],
    ...(board.fpga === null ? [] : [['FPGA', board.fpga] as const]),
    ['agent', `${agent.version} for ${agent.architecture}`],
    ['backend', `${run.backend}, ${counted(run.threads, 'thread')}`],
    ['when', `${formatMoment(report.startedAt)} to ${formatMoment(report.endedAt)}`],
  ];
}

export function packageFacts({ package: pkg, run, verification }: Report): readonly Fact[] {
  const { goldenInputs, int8Blobs, floatOutputs } = verification;
  const checked = `${counted(goldenInputs, 'golden input')}: ${counted(int8Blobs, 'int8 blob')} equal to the last bit, ${counted(floatOutputs.length, 'float output')} within tolerance`;
  return [
    ['package', `${pkg.file}, ${formatBytes(pkg.bytes)}`],
    ['network', `${pkg.name}, ${formatCount(pkg.macs)} multiply-accumulates, ${pkg.operations} operations`],
    ['built', `by ${pkg.builder} for ${pkg.target}, ${pkg.precision}, format ${pkg.formatVersion}`],
    ['input', run.input === 'golden' ? 'the golden input of the package' : 'given by the user'],
    ['checked on the board', checked],
    ['package SHA-256', pkg.sha256],
    ['model SHA-256', pkg.modelSha256],
    ['table SHA-256', pkg.tableSha256 ?? 'no table'],
  ];
}

/** Clock, heat and the rest at one moment. */
export function conditionFacts({
  phase,
  clocks,
  temperatures,
  throttled,
  governors,
}: Report['conditions'][number]): readonly string[] {
  const hertz = clocks.map(({ hz }) => hz);
  const low = Math.min(...hertz);
  const high = Math.max(...hertz);
  return [
    phase,
    hertz.length === 0 ? 'not known' : low === high ? formatHertz(low) : `${formatHertz(low)} to ${formatHertz(high)}`,
    temperatures.length === 0
      ? 'not known'
      : temperatures.map(({ zone, celsius }) => `${zone} ${celsius.toFixed(0)} °C`).join(', '),
    throttled === null ? 'not known' : throttled ? 'yes' : 'no',
    governors.length === 0 ? 'not known' : governors.join(', '),
  ];
}

export const CONDITION_TITLES = ['when', 'clock', 'temperature', 'slowed down', 'governor'] as const;

export const CONDITIONS_UNKNOWN = 'This board tells neither its clock nor its temperature.';

/** At most this many lines of conditions are shown; a long run has one every second. */
const SHOWN_CONDITIONS = 8;

/** The first and the last conditions and some between; none where the board could tell nothing of itself. */
export function shownConditions(report: Report): Report['conditions'] {
  const all = report.conditions;
  const known = all.some(
    ({ clocks, temperatures, throttled, governors }) =>
      clocks.length + temperatures.length + governors.length > 0 || throttled !== null,
  );
  if (!known) return [];
  if (all.length <= SHOWN_CONDITIONS) return all;
  const step = (all.length - 1) / (SHOWN_CONDITIONS - 1);
  return Array.from({ length: SHOWN_CONDITIONS }, (_, index) => all[Math.round(index * step)]);
}

/** `7 seven 0.9871`. */
export function topText({ index, value, label }: Report['outputs'][number]['top'][number]): string {
  return `${index}${label === null || label === String(index) ? '' : ` ${label}`}  ${value.toPrecision(4)}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
