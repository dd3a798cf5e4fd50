import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { AcceleratorTarget } from '../../build/fpga/parts.ts';
import { ACCELERATOR_BOARDS } from '../../build/fpga/parts.ts';
import { CortadoError } from '../../common/errors.ts';

/** What a virtual board needs to have an accelerator. */
export interface SimulatedAccelerator extends AcceleratorTarget {
  /** Folder with the Verilated accelerator (build/fpga). */
  readonly folder: string;
}

/** Files of a simulation. */
function filesOf(folder: string, part: string): readonly string[] {
  return [join(folder, 'cortado-fpga-simulator'), join(folder, `libcortado_fpga_${part}.so`)];
}

/** Whether the accelerator of a board can be simulated here. */
export async function hasSimulation(folder: string, board: string): Promise<boolean> {
  const target = ACCELERATOR_BOARDS.find((each) => each.board === board);
  if (target === undefined) return false;
  const found = await Promise.all(filesOf(folder, target.part.name).map(isReadable));
  return found.every((each) => each);
}

/**
 * The accelerator of a board, simulated.
 *
 * @param folder of the simulation; undefined where the caller knows of none
 * @throws CortadoError `fpga.no-simulation` where it has not been built
 */
export async function simulatedAccelerator(folder: string | undefined, board: string): Promise<SimulatedAccelerator> {
  const target = ACCELERATOR_BOARDS.find((each) => each.board === board);
  if (target !== undefined && folder !== undefined && (await hasSimulation(folder, board))) {
    return { ...target, folder };
  }
  throw new CortadoError(
    'fpga.no-simulation',
    `The simulation of the accelerator of ${board} has not been built.`,
    'Run "npm run fpga:simulator" in the repository: it says what it needs (Verilator) and builds it.',
    folder === undefined ? {} : { location: { file: folder } },
  );
}

/** What tells the agent of it. The clock is the package's. */
export function simulationEnvironment({
  folder,
  part,
  memoryBytesPerSecond,
}: SimulatedAccelerator): Readonly<Record<string, string>> {
  return {
    CORTADO_FPGA_SIMULATION: folder,
    CORTADO_FPGA_PART: part.name,
    CORTADO_FPGA_BANDWIDTH: String(memoryBytesPerSecond),
  };
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
