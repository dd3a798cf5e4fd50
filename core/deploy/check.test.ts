import { describe, expect, it } from 'vitest';
import type { ProbeEvent } from './agent/events.ts';
import { checkBoard } from './check.ts';
import type { PackageNeeds } from './check.ts';

const nature = { architecture: 'aarch64', runner: [], virtual: false, emulated: false, accelerator: null } as const;
const needs: PackageNeeds = {
  name: 'net',
  target: 'neon',
  precision: 'int8',
  cpuFeatures: [],
  memoryBytes: 10e6,
  packageBytes: 1e6,
};
const probe: ProbeEvent = {
  event: 'probe',
  agent: { version: '0.1.0', architecture: 'aarch64', formatVersion: 1 },
  system: { kernel: '6.1', hostname: 'board', machine: 'aarch64', model: null, os: null },
  cpu: {
    count: 4,
    online: 4,
    cores: [
      {
        name: 'Cortex-A76',
        implementer: null,
        part: null,
        count: 4,
        minHz: null,
        maxHz: null,
        governor: 'performance',
      },
    ],
    features: ['asimd', 'asimddp'],
    neon: true,
    dotprod: true,
    i8mm: false,
    fp16: false,
  },
  memory: { totalBytes: 1e9, availableBytes: 500e6 },
  storage: null,
  clocks: [],
  temperatures: [],
  throttled: false,
  fpga: null,
};

describe('checkBoard', () => {
  it('has nothing against a board that fits', () => {
    expect(checkBoard({ ...needs, cpuFeatures: ['asimddp'] }, probe, nature, 2e6)).toEqual([]);
    expect(checkBoard(needs, probe, nature, null)).toEqual([]);
  });

  it.each([
    ['package.cpu', { ...needs, cpuFeatures: ['asimddp', 'i8mm'] }, 'i8mm'],
    ['package.memory', { ...needs, memoryBytes: 500e6 }, '477.8 MiB'],
    ['board.disk-full', { ...needs, packageBytes: 3e6 }, '2.9 MiB'],
  ])('stops with %s', (code, asked, words) => {
    let caught: unknown;
    try {
      checkBoard(asked, probe, nature, 2e6);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code });
    expect((caught as Error).message).toContain(words);
  });

  it('lets the processor run what is for an FPGA that is not there, and says so', () => {
    const asked = { ...needs, target: 'fpga' };
    expect(checkBoard(asked, probe, nature, null).join()).toContain('its processor runs it');
    const fpga = {
      ...probe,
      fpga: { manager: 'Xilinx Zynq FPGA Manager', state: null, part: null, uio: [], buffers: [], cma: null },
    };
    expect(checkBoard(asked, fpga, nature, null)).toEqual([]);
    expect(checkBoard(asked, { ...probe, throttled: true }, { ...nature, accelerator: 'pynq-z1' }, null)).toEqual([]);
  });

  it('warns of what merely limits', () => {
    const weak: ProbeEvent = {
      ...probe,
      throttled: true,
      cpu: { ...probe.cpu, dotprod: false, cores: [{ ...probe.cpu.cores[0], governor: 'powersave' }] },
      memory: { totalBytes: 1e9, availableBytes: 12e6 },
    };
    const warnings = checkBoard(needs, weak, { ...nature, emulated: true }, null).join('\n');
    for (const word of ['memory', 'dot-product', 'powersave', 'lowers its clock', 'emulated'])
      expect(warnings).toContain(word);
  });
});
