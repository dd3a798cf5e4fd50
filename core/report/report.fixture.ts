import { REPORT_VERSION } from './schema.ts';
import type { Report } from './schema.ts';
import { summarise } from './statistics.ts';

/** A report for tests, of a board that does not exist; pass what should differ. */
export function sampleReport(samplesNs: readonly number[], changes: Partial<Report> = {}): Report {
  const conditions = (phase: 'before' | 'during' | 'after', celsius: number): Report['conditions'][number] => ({
    phase,
    clocks: [0, 1, 2, 3].map((cpu) => ({ cpu, hz: 1.2e9 })),
    temperatures: [{ zone: 'cpu-thermal', celsius }],
    throttled: false,
    governors: ['performance'],
  });
  return {
    format: 'cortado-report',
    version: REPORT_VERSION,
    tool: { name: 'cortado', version: '0.1.0' },
    startedAt: '2026-11-23T14:05:00.000Z',
    endedAt: '2026-11-23T14:05:41.000Z',
    board: {
      address: 'pi@192.168.1.20',
      kind: 'real',
      emulated: false,
      hostname: 'raspberrypi',
      model: 'Raspberry Pi 3 Model B Rev 1.2',
      machine: 'aarch64',
      architecture: 'aarch64',
      kernel: '6.1.21',
      os: 'Debian GNU/Linux 12 (bookworm)',
      hostKey: 'SHA256:4bHRL2Xn0h1cEOh3zpqHcrHrfa1Yb7pcbUVGf3UuA5k',
      totalMemoryBytes: 952_000_000,
      availableMemoryBytes: 700_000_000,
      freeStorageBytes: 9_000_000_000,
      cpu: {
        count: 4,
        online: 4,
        cores: [{ name: 'Cortex-A53', count: 4, minHz: 6e8, maxHz: 1.2e9, governor: 'performance' }],
        features: ['fp', 'asimd', 'crc32'],
      },
      fpga: null,
    },
    agent: { version: '0.1.0', architecture: 'aarch64' },
    package: {
      file: 'digits.cortado',
      name: 'digits',
      bytes: 61_440,
      sha256: 'aa'.repeat(32),
      formatVersion: 1,
      builder: 'cortado 0.1.0',
      target: 'neon',
      precision: 'int8',
      modelSha256: 'bb'.repeat(32),
      tableSha256: 'cc'.repeat(32),
      operations: 9,
      macs: 3_400_000,
    },
    run: {
      backend: 'neon',
      threads: 1,
      warmup: 10,
      input: 'golden',
      loadNs: 12_500_000,
      packedBytes: 70_000,
      arenaBytes: 250_000,
      peakMemoryBytes: 2_621_440,
      energyJoules: null,
      kernels: [{ layer: 'conv1', kernel: 'conv3x3_s8_4x16_neon' }],
    },
    verification: {
      goldenInputs: 1,
      int8Blobs: 8,
      floatOutputs: [{ name: 'prob', maxDifference: 0, tolerance: 1e-5 }],
    },
    latency: { samplesNs: [...samplesNs], summary: summarise(samplesNs) },
    accelerator: null,
    layers: [
      {
        layer: 'conv1',
        kind: 'Convolution',
        kernel: 'conv3x3_s8_4x16_neon',
        medianNs: 900_000,
        macs: 1_200_000,
        cycles: null,
      },
      { layer: 'pool1', kind: 'Pooling', kernel: 'maxpool_s8', medianNs: 80_000, macs: 0, cycles: null },
      {
        layer: 'conv2',
        kind: 'Convolution',
        kernel: 'conv3x3_s8_4x16_neon',
        medianNs: 1_300_000,
        macs: 2_000_000,
        cycles: null,
      },
      { layer: 'fc', kind: 'InnerProduct', kernel: 'fc_s8_neon', medianNs: 120_000, macs: 200_000, cycles: null },
      { layer: 'prob', kind: 'Softmax', kernel: null, medianNs: 9_000, macs: 0, cycles: null },
    ],
    conditions: [conditions('before', 41), conditions('during', 46.5), conditions('after', 47)],
    outputs: [
      {
        name: 'prob',
        shape: [1, 10],
        top: [
          { index: 7, value: 0.98712, label: 'seven' },
          { index: 1, value: 0.0081, label: 'one' },
          { index: 9, value: 0.0032, label: 'nine' },
        ],
      },
    ],
    warnings: [],
    ...changes,
  };
}

/** Latencies about `base` nanoseconds, the same each time: a small spread and a slow run now and then. */
export function sampleLatencies(count: number, base: number): number[] {
  let state = 12345;
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  return Array.from({ length: count }, () => {
    const spread = (random() + random() + random() - 1.5) * 0.02 * base;
    return Math.round(base + spread + (random() > 0.985 ? random() * 0.3 * base : 0));
  });
}
