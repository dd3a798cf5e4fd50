import { describe, expect, it } from 'vitest';
import { estimateProgram } from '../../core/build/fpga/estimate.ts';
import { ACCELERATOR_BOARDS } from '../../core/build/fpga/parts.ts';
import { compare } from '../../core/build/fpga/testing/compare.ts';
import { hasSimulation } from '../../core/build/fpga/testing/simulation.ts';
import { acceleratorNetworks, prepareForAccelerator, type PreparedNetwork } from '../support/accelerator-networks.ts';
import { hasTestData } from '../support/paths.ts';

/** Large networks take minutes each. */
const all = process.env.CORTADO_FPGA_NETWORKS !== undefined;
const targets = ACCELERATOR_BOARDS.filter(({ board }) => board === 'pynq-z1' || board === 'zybo-z7-10');
/** On the smaller part these are simulated for minutes and show nothing that the others do not. */
const onLargerPartOnly = new Set(['vgg16', 'mobilenet_v1']);

const cases = acceleratorNetworks
  .filter(({ isSmall }) => all || isSmall === true)
  .flatMap((network) =>
    targets
      .filter(({ part }) => part.name === 'xc7z020' || !onLargerPartOnly.has(network.name))
      .map((target) => ({ name: network.name, part: target.part.name, network, target })),
  );

const prepared = new Map<string, Promise<PreparedNetwork>>();

describe.skipIf(!hasTestData || !targets.every(({ part }) => hasSimulation(part)))(
  'whole networks on the Verilated accelerator',
  () => {
    it.each(cases)(
      '$name on $part: every blob equals the reference, in about the time that was estimated',
      async ({ network: chosen, target }) => {
        const ready = prepared.get(chosen.name) ?? prepareForAccelerator(chosen);
        prepared.set(chosen.name, ready);
        const { network, inputs } = await ready;
        const { different, compiled, runs, values } = await compare(network, inputs, target);
        expect(different).toEqual([]);
        expect(values).toBeGreaterThan(0);
        for (const { protocol } of runs) expect(protocol).toBe('');
        const programs = compiled.runs.flatMap((run) => (run.kind === 'accelerator' ? [run.program] : []));
        expect(programs.length).toBeGreaterThan(0);
        const estimated = programs.reduce(
          (sum, { instructions }) => sum + estimateProgram(instructions, target).cycles,
          0,
        );
        const measured = runs.reduce((sum, { cycles }) => sum + cycles, 0);
        expect(Math.abs(estimated / measured - 1)).toBeLessThan(0.05);
      },
      1_200_000,
    );

    it.each(cases)(
      '$name on $part: with random stalls on every port',
      async ({ network: chosen, target }) => {
        const ready = prepared.get(chosen.name) ?? prepareForAccelerator(chosen);
        prepared.set(chosen.name, ready);
        const { network, inputs } = await ready;
        const { different, runs } = await compare(network, inputs, target, { stall: 0.3, seed: 5 });
        expect(different).toEqual([]);
        for (const { protocol } of runs) expect(protocol).toBe('');
      },
      1_200_000,
    );
  },
);
