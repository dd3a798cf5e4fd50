import type { Fact } from './facts.ts';
import { formatBytes, formatCount, formatDuration, formatHertz, formatPercent, threeDigits } from './format.ts';
import type { ReportAccelerator } from './schema.ts';

/** What the accelerator counted in one inference. */
export function acceleratorFacts(accelerator: ReportAccelerator): readonly Fact[] {
  const { cycles, clockHz, arrayActiveCycles, vectorActiveCycles, macs, macsPerCycle, simulated } = accelerator;
  const { readBytes, writeBytes, memoryBytesPerSecond, plannedFor } = accelerator;
  const share = (part: number): string => formatPercent(cycles === 0 ? 0 : part / cycles);
  return [
    ['accelerator', `${accelerator.device}${simulated ? ', simulated' : ''}, ${formatHertz(clockHz)}`],
    ['bitstream', accelerator.bitstream ?? 'not known'],
    [
      'cycles',
      `${cycles}, that is ${formatDuration(nanosecondsOf(accelerator))} (estimated: ${estimate(accelerator)})`,
    ],
    ['array active', `${share(arrayActiveCycles)} of the cycles; vector unit ${share(vectorActiveCycles)}`],
    ['array waited', waits(accelerator, share)],
    [
      'efficiency',
      `${share(macs / macsPerCycle)} of what the array could do (${formatCount(macs)} multiply-accumulates at ${macsPerCycle} a cycle)`,
    ],
    ['memory traffic', `${formatBytes(readBytes)} read, ${formatBytes(writeBytes)} written`],
    ...(memoryBytesPerSecond === null
      ? []
      : [
          [
            'simulated memory',
            `${threeDigits(memoryBytesPerSecond / 1e9)} GB/s, ${accelerator.memoryLatencyCycles ?? 0} cycles of latency`,
          ] as const,
        ]),
    ['planned for', `${plannedFor.board} at ${formatHertz(plannedFor.clockHz)}`],
    ['programs', `${accelerator.programs}, for ${accelerator.operations} operations`],
    ['shared memory', formatBytes(accelerator.sharedBytes)],
    ["processor's part", processorPart(accelerator)],
  ];
}

/** What times of layers are. */
export function layersNote(accelerator: ReportAccelerator | null): string {
  return accelerator === null
    ? 'Measured in runs of their own; their sum is not the latency.'
    : "A layer's cycles on the accelerator are those from the end of the layer before it to its own: layers overlap.";
}

/** The accelerator's time of one inference. */
export function nanosecondsOf({ cycles, clockHz }: ReportAccelerator): number {
  return (cycles / clockHz) * 1e9;
}

function estimate({ estimatedCycles, cycles }: ReportAccelerator): string {
  const off = cycles === 0 ? 0 : estimatedCycles / cycles - 1;
  return `${estimatedCycles}, ${off < 0 ? '' : '+'}${formatPercent(off)}`;
}

function waits(
  { waitWeightsCycles, waitTokensCycles, waitDrainCycles }: ReportAccelerator,
  share: (part: number) => string,
): string {
  return `for weights ${share(waitWeightsCycles)}, for other units ${share(waitTokensCycles)}, for its results to be taken ${share(waitDrainCycles)}`;
}

function processorPart({ processorNs, simulated }: ReportAccelerator): string {
  const time = formatDuration(processorNs);
  return simulated
    ? `${time} on this computer, which says nothing of a board; not in the latency`
    : `${time}, transfers included`;
}
