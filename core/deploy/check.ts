import { CortadoError } from '../common/errors.ts';
import type { ProbeEvent } from './agent/events.ts';
import type { BoardNature } from './probe.ts';

/** What a package asks of a board, as its fingerprint says. */
export interface PackageNeeds {
  readonly name: string;
  /** `neon`, `fpga`. */
  readonly target: string;
  /** `int8`, `fp32`. */
  readonly precision: string;
  /** As Linux names them. */
  readonly cpuFeatures: readonly string[];
  /** For blobs, on top of the package itself. */
  readonly memoryBytes: number;
  /** Size of the package file. */
  readonly packageBytes: number;
}

/**
 * Compares what the package needs with what the board has, before anything large is sent. Throws for what prevents the run; returns
 * sentences for what merely limits it.
 */
export function checkBoard(
  needs: PackageNeeds,
  probe: ProbeEvent,
  nature: BoardNature,
  freeBytes: number | null,
): string[] {
  const missing = needs.cpuFeatures.filter((feature) => !probe.cpu.features.includes(feature));
  if (missing.length > 0) {
    throw new CortadoError(
      'package.cpu',
      `The package needs processor features that the board does not have: ${missing.join(', ')}.`,
      'Build the package again for any NEON board, without those features.',
    );
  }
  const memory = needs.memoryBytes + needs.packageBytes;
  const available = probe.memory.availableBytes;
  if (memory > available) {
    throw new CortadoError(
      'package.memory',
      `The package needs ${mebibytes(memory)} of memory, the board has ${mebibytes(available)} left.`,
      'Close programs on the board, or build an int8 package, which needs about a quarter.',
    );
  }
  if (freeBytes !== null && needs.packageBytes > freeBytes) {
    throw new CortadoError(
      'board.disk-full',
      `The package has ${mebibytes(needs.packageBytes)}, the board's storage has ${mebibytes(freeBytes)} left.`,
      'Remove something on the board and start again.',
    );
  }
  return [
    // What this computer's processor is like limits nothing where the accelerator's cycles are what counts.
    ...(nature.accelerator === null || needs.target !== 'fpga' ? limits(needs, probe, memory) : []),
    ...(needs.target === 'fpga' && nature.accelerator === null && (probe.fpga?.manager ?? null) === null
      ? ['The package is for an FPGA, and the board has none that Linux knows of: its processor runs it.']
      : []),
    ...(nature.emulated ? ['The board is emulated: its times mean nothing.'] : []),
  ];
}

function limits(needs: PackageNeeds, probe: ProbeEvent, memory: number): string[] {
  const found: string[] = [];
  if (memory > 0.8 * probe.memory.availableBytes)
    found.push('The package takes most of the memory that the board has left.');
  if (needs.precision === 'int8' && probe.cpu.neon && !probe.cpu.dotprod) {
    found.push('The processor has no dot-product instructions: int8 gains less over float than on newer ones.');
  }
  if (!probe.cpu.neon) found.push('The processor has no NEON: the portable backend runs, which is slow.');
  const governors = new Set(probe.cpu.cores.map((core) => core.governor).filter((name) => name !== null));
  for (const governor of governors) {
    if (governor !== 'performance') {
      found.push(`The clock is managed by "${governor}": latency may jump. The governor "performance" keeps it still.`);
    }
  }
  if (probe.throttled === true) found.push('The board says that it lowers its clock (heat or a weak power supply).');
  return found;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1048576).toFixed(1)} MiB`;
}
