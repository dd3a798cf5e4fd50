import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { probeSchema, type ProbeEvent } from './agent/events.ts';
import { boardWarnings } from './board-warnings.ts';

const core = { name: 'Cortex-A72', count: 4, governor: 'performance', maxHz: 1_500_000_000 };
const still = {
  event: 'probe',
  agent: { version: '0.1.0', architecture: 'aarch64', formatVersion: 1 },
  system: { kernel: 'Linux 6.1', hostname: 'board', machine: 'aarch64' },
  cpu: {
    ...{ count: 4, online: 4, cores: [core], features: [] },
    ...{ neon: true, dotprod: false, i8mm: false, fp16: false },
  },
  memory: { totalBytes: 2 ** 30, availableBytes: 2 ** 29 },
  storage: { path: '/', freeBytes: 2 ** 30 },
  clocks: [],
  temperatures: [{ zone: 'cpu', celsius: 45 }],
  throttled: false,
};

function probe(changes: object): ProbeEvent {
  return v.parse(probeSchema, { ...still, ...changes });
}

describe('what limits a board', () => {
  it('is nothing on a cool board with a still clock, NEON and room', () => {
    expect(boardWarnings(probe({}))).toEqual([]);
  });

  it('is told with its remedy, one sentence a limit', () => {
    const limited = probe({
      cpu: { ...still.cpu, neon: false, cores: [{ ...core, governor: 'ondemand' }, core] },
      temperatures: [{ zone: 'cpu', celsius: 84.6 }],
      throttled: true,
      storage: { path: '/', freeBytes: 1000 },
    });
    expect(boardWarnings(limited)).toEqual([
      expect.stringContaining('"ondemand"'),
      expect.stringContaining('power supply'),
      expect.stringContaining('85 °C'),
      expect.stringContaining('no NEON'),
      expect.stringContaining('room'),
    ]);
  });
});
