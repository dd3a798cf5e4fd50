import { CortadoError } from '../../common/errors.ts';
import type { BuiltPackage, Offload } from '../neon/build.ts';
import { buildNeonFromNetwork, type NetworkBuild } from '../neon/build-network.ts';
import type { QuantizedNetwork } from '../../quantization/quantized-network.ts';
import { compileNetwork } from './compile.ts';
import { inExecutionOrder } from './execution-order.ts';
import { packageAccelerator } from './package-accelerator.ts';
import { ACCELERATOR_BOARDS, type AcceleratorTarget } from './parts.ts';
import { planSummary, type AcceleratorPlan } from './plan-summary.ts';
import { bitstreamName, rtlFingerprint } from './rtl-fingerprint.ts';

export interface FpgaBuild extends Omit<NetworkBuild, 'precision' | 'offload'> {
  /** Board, clock and memory bandwidth that the programs are planned for. */
  readonly target: AcceleratorTarget;
  /** The folder with the accelerator's RTL (native/fpga/rtl), by whose fingerprint a bitstream is told. */
  readonly rtlFolder: string;
}

export interface BuiltFpgaPackage extends BuiltPackage {
  readonly plan: AcceleratorPlan;
}

/**
 * Builds the package for a Zynq: the int8 package for the processor, with the accelerator's programs beside it, so that one file runs
 * where the bitstream is loaded and, with the same bytes, where it is not. Nothing is written. Progress goes through the stages
 * `compiling for the accelerator` and those of buildNeonFromNetwork.
 *
 * Throws what buildNeonFromNetwork and compileNetwork throw, `fpga.table` without a scale table, and `fpga.nothing-to-run` where no
 * layer can run on the accelerator.
 */
export async function buildFpgaFromNetwork(build: FpgaBuild): Promise<BuiltFpgaPackage> {
  const { target, rtlFolder, ...rest } = build;
  if (rest.tableFile === undefined) {
    throw new CortadoError(
      'fpga.table',
      'The accelerator computes in int8, and no scale table is given.',
      'Calibrate first: cortado calibrate writes the table.',
      { location: { field: '--table' } },
    );
  }
  const fingerprint = await rtlFingerprint(rtlFolder, target.part.name);
  let plan: AcceleratorPlan | undefined;
  const offload = (network: QuantizedNetwork): Offload => {
    rest.signal?.throwIfAborted();
    const { operations } = network;
    rest.onProgress?.({
      stage: 'compiling for the accelerator',
      done: 0,
      total: operations.length,
      unit: 'operations',
    });
    const compiled = compileNetwork(inExecutionOrder(network, target.part), target);
    const accelerator = packageAccelerator(compiled, fingerprint);
    plan = planSummary(compiled, accelerator);
    if (accelerator.runs.length === 0) throw nothingToRun(plan);
    const bitstream = bitstreamName(target.part.name, fingerprint);
    return { network: compiled.network, accelerator, bitstream };
  };
  const built = await buildNeonFromNetwork({ ...rest, precision: 'int8', offload });
  if (plan === undefined) throw new Error('nothing was compiled');
  return { ...built, plan };
}

/** A board of ACCELERATOR_BOARDS, at another clock where one is given. Throws `fpga.board`, `fpga.clock`. */
export function acceleratorTarget(board: string, clockHz?: number): AcceleratorTarget {
  const found = ACCELERATOR_BOARDS.find((target) => target.board === board);
  if (found === undefined) {
    throw new CortadoError(
      'fpga.board',
      `There is no accelerator for a board called ${board}.`,
      `Choose one of ${ACCELERATOR_BOARDS.map((target) => target.board).join(', ')}.`,
      { location: { field: '--board' } },
    );
  }
  if (clockHz === undefined) return found;
  if (!(clockHz >= LOWEST_CLOCK && clockHz <= HIGHEST_CLOCK)) {
    throw new CortadoError(
      'fpga.clock',
      `The accelerator cannot run at ${clockHz / 1e6} MHz.`,
      `Give a clock from ${LOWEST_CLOCK / 1e6} to ${HIGHEST_CLOCK / 1e6} MHz.`,
      { location: { field: '--clock' } },
    );
  }
  return { ...found, clockHz };
}

/** What the Zynq's clock generators give to the logic. */
const LOWEST_CLOCK = 1e6;
const HIGHEST_CLOCK = 250e6;

function nothingToRun({ layers }: AcceleratorPlan): CortadoError {
  const reasons = [...new Set(layers.map(({ reason }) => reason))].filter((reason) => reason !== null);
  return new CortadoError(
    'fpga.nothing-to-run',
    `No layer of this network can run on the accelerator: ${reasons.join('; ')}.`,
    'Build it for the processor: cortado build neon.',
  );
}
