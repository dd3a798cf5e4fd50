import { parseArgs } from 'node:util';
import { stampsOf } from '../../core/build/fpga/compile.ts';
import { estimateProgram } from '../../core/build/fpga/estimate.ts';
import { ACCELERATOR_BOARDS, macsPerCycle, type AcceleratorTarget } from '../../core/build/fpga/parts.ts';
import { compare, type Comparison } from '../../core/build/fpga/testing/compare.ts';
import { hasSimulation } from '../../core/build/fpga/testing/simulation.ts';
import { textTable } from '../../core/cli/text-table.ts';
import { elementCount } from '../../core/common/tensor.ts';
import type { QuantizedNetwork } from '../../core/quantization/quantized-network.ts';
import { acceleratorNetworks, prepareForAccelerator } from '../support/accelerator-networks.ts';
import { hasTestData } from '../support/paths.ts';

const BOARDS = { xc7z010: 'zybo-z7-10', xc7z020: 'pynq-z1' } as const;
const CLOCKS = [100, 150];
const MHZ = 1e6;

const usage = `Usage: npm run bench -- fpga [--all] [--network NAME]… [--part xc7z010|xc7z020]… [--clock 100|150]…
       [--stall P] [--layers]
Without options: the small networks on both parts at both clocks. --all: every network, which takes an hour.
--stall P: the memory holds each handshake back with probability P. --layers: cycles of every layer, too.
`;

/**
 * Runs networks on the Verilated accelerator at 100 and 150 MHz, holds every blob against the reference executor, and prints cycles,
 * efficiency and traffic as a table in Markdown (docs/fpga/efficiency.md has the last one).
 */
export async function benchFpga(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      all: { type: 'boolean', default: false },
      network: { type: 'string', multiple: true },
      part: { type: 'string', multiple: true },
      clock: { type: 'string', multiple: true },
      stall: { type: 'string', default: '0' },
      layers: { type: 'boolean', default: false },
    },
  });
  const parts = Object.entries(BOARDS).filter(([part]) => values.part?.includes(part) ?? true);
  const networks = acceleratorNetworks.filter(
    ({ name, isSmall }) => values.network?.includes(name) ?? (values.all || isSmall === true),
  );
  const clocks = CLOCKS.filter((clock) => values.clock?.includes(String(clock)) ?? true);
  const targets = parts.map(([, board]) => targetOf(board));
  if (
    parts.length === 0 ||
    networks.length === 0 ||
    !hasTestData ||
    !targets.every(({ part }) => hasSimulation(part))
  ) {
    process.stderr.write(
      `${usage}It needs the test data (CORTADO_TEST_DATA) and the Verilated accelerator (docs/fpga/architecture.md).\n`,
    );
    process.exitCode = 2;
    return;
  }
  const rows: string[][] = [];
  for (const chosen of networks) {
    const { network, inputs } = await prepareForAccelerator(chosen);
    for (const target of targets) {
      const results: Comparison[] = [];
      for (const clock of clocks) {
        const atClock = { ...target, clockHz: clock * MHZ };
        const result = await compare(network, inputs, atClock, { stall: Number(values.stall) });
        results.push(result);
        if (result.different.length > 0) {
          process.stderr.write(
            `${chosen.name} on ${target.part.name}: ${result.different.join(', ')} differ from the reference.\n`,
          );
          process.exitCode = 1;
        }
        if (values.layers && clock === clocks[0]) process.stdout.write(`${layerTable(result)}\n`);
      }
      const row = rowOf(chosen.name, network, { ...target, clockHz: clocks[0] * MHZ }, results);
      process.stderr.write(`${row.join(' | ')}\n`);
      rows.push(row);
    }
  }
  const head = [
    'network',
    'part',
    'cycles',
    'estimate',
    'efficiency',
    'DDR MB',
    'least MB',
    ...clocks.map((clock) => `ms at ${clock} MHz`),
  ];
  process.stdout.write([head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join(''));
}

function targetOf(board: string): AcceleratorTarget {
  const target = ACCELERATOR_BOARDS.find((each) => each.board === board);
  if (target === undefined) throw new Error(`no board ${board}`);
  return target;
}

function rowOf(
  name: string,
  network: QuantizedNetwork,
  target: AcceleratorTarget,
  results: readonly Comparison[],
): string[] {
  const cycles = results.map(({ runs }) => runs.reduce((sum, run) => sum + run.cycles, 0));
  const [first] = results;
  const estimate = first.compiled.runs.reduce(
    (sum, run) => sum + (run.kind === 'accelerator' ? estimateProgram(run.program.instructions, target).cycles : 0),
    0,
  );
  const bytes = first.runs.reduce((sum, { readBytes, writeBytes }) => sum + readBytes + writeBytes, 0);
  const efficiency = macsOf(first) / (macsPerCycle(target.part) * cycles[0]);
  const share = (estimate / cycles[0] - 1) * 100;
  return [
    name,
    target.part.name,
    String(cycles[0]),
    `${share < 0 ? '−' : '+'}${Math.abs(share).toFixed(1)} %`,
    `${(efficiency * 100).toFixed(1)} %`,
    (bytes / 1e6).toFixed(2),
    (leastBytes(network) / 1e6).toFixed(2),
    ...cycles.map((count, index) => ((count / results[index].compiled.target.clockHz) * 1000).toFixed(2)),
  ];
}

/** Multiply-accumulates of the convolutions that the accelerator runs. */
function macsOf({ compiled }: Comparison): number {
  const own = new Set(stampsOf(compiled).map(({ operation }) => operation));
  return compiled.network.operations.reduce((sum, operation, position) => {
    if (operation.kind !== 'convolution' || !own.has(position)) return sum;
    const { input, output, kernel, group } = operation;
    const channels = compiled.network.tensors[input].shape[1] / group;
    return sum + elementCount(compiled.network.tensors[output].shape) * channels * kernel.height * kernel.width;
  }, 0);
}

/** Weights once, the input and the output: what any order of work has to move. */
function leastBytes({ inputs, outputs, operations, tensors }: QuantizedNetwork): number {
  const ends = [...inputs, ...outputs].reduce((sum, index) => sum + elementCount(tensors[index].shape), 0);
  return operations.reduce(
    (sum, operation) =>
      sum + (operation.kind === 'convolution' && operation.form.kind !== 'float' ? operation.form.weights.length : 0),
    ends,
  );
}

function layerTable({ compiled, stamps }: Comparison): string {
  let before = 0;
  const rows = stampsOf(compiled).map(({ operation, layer }) => {
    const end = stamps.get(operation) ?? 0;
    const cycles = end < before ? end : end - before;
    before = end;
    return [layer, String(cycles)];
  });
  return textTable(['layer', 'cycles'], rows);
}
