import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AcceleratorPart } from '../parts.ts';

/** What a simulated run counted. */
export interface SimulatedRun {
  readonly status: number;
  readonly cycles: number;
  readonly arrayActive: number;
  readonly waitWeights: number;
  readonly waitTokens: number;
  readonly waitDrain: number;
  readonly vectorActive: number;
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly protocol: string;
}

export interface MemoryModel {
  /** Both directions together; 0 for no limit. */
  readonly bytesPerCycle: number;
  readonly latency: number;
  /** Probability that a handshake is held back. */
  readonly stall: number;
  readonly seed: number;
}

const SIMULATION = process.env.CORTADO_FPGA_SIMULATION ?? resolve(import.meta.dirname, '../../../../build/fpga');
const RUNNER = join(SIMULATION, 'run_image');

function library(part: AcceleratorPart): string {
  return join(SIMULATION, `libcortado_fpga_${part.name}.so`);
}

/** Whether the Verilated accelerator and its runner have been built (cmake --build build/fpga). */
export function hasSimulation(part: AcceleratorPart): boolean {
  return existsSync(RUNNER) && existsSync(library(part));
}

/** Runs a program in `image` (which is the memory's content), and brings `image` up to date. Throws where the run ends in an error. */
export function simulate(
  part: AcceleratorPart,
  image: Uint8Array,
  program: { readonly offset: number; readonly instructions: number },
  bases: readonly number[],
  memory: MemoryModel,
): SimulatedRun {
  const folder = mkdtempSync(join(tmpdir(), 'cortado-fpga-'));
  try {
    const file = join(folder, 'image.bin');
    writeFileSync(file, image);
    const numbers = [
      program.offset,
      program.instructions,
      ...bases,
      memory.bytesPerCycle,
      memory.latency,
      memory.stall,
      memory.seed,
    ];
    const text = runText([library(part), file, ...numbers.map(String)]);
    image.set(readFileSync(file));
    return JSON.parse(text) as SimulatedRun;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runText(values: readonly string[]): string {
  try {
    return execFileSync(RUNNER, values, { encoding: 'utf8' });
  } catch (error) {
    const output = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`the simulated run failed: ${output.stdout ?? ''}${output.stderr ?? ''}`, { cause: error });
  }
}
