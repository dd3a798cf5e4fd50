import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../graph/graph.ts';
import { execute } from '../../quantization/execute/execute.ts';
import { operationInputs, type QuantizedNetwork } from '../../quantization/quantized-network.ts';
import { GraphBuilder } from '../../quantization/testing/graph-builder.ts';
import { randomGraph } from '../../quantization/testing/random-graph.ts';
import type { PackageAccelerator } from '../package/accelerator.ts';
import { decodePackage } from '../package/read.ts';
import { encodePackage } from '../package/write.ts';
import { acceleratorTarget } from './build-fpga-package.ts';
import { compileNetwork } from './compile.ts';
import { inExecutionOrder } from './execution-order.ts';
import { configRegister, packageAccelerator } from './package-accelerator.ts';
import { XC7Z010, XC7Z020 } from './parts.ts';
import { planSummary } from './plan-summary.ts';
import { bitstreamName, rtlFingerprint } from './rtl-fingerprint.ts';
import { quantizedOf } from './testing/compare.ts';

const RTL = resolve(import.meta.dirname, '../../../native/fpga/rtl');
const FINGERPRINT = 0xfedcba98;
const PYNQ = acceleratorTarget('pynq-z1');

function compiledOf(graph: Graph, seed: number) {
  const { network, inputs } = quantizedOf(graph, seed);
  const compiled = compileNetwork(inExecutionOrder(network, PYNQ.part), PYNQ);
  return { network, inputs, compiled, accelerator: packageAccelerator(compiled, FINGERPRINT) };
}

function encode(network: QuantizedNetwork, accelerator: PackageAccelerator): Uint8Array {
  const none = { width: 0, height: 0 };
  return encodePackage({
    network,
    accelerator,
    fingerprint: {
      builder: 'cortado test',
      target: 'fpga',
      precision: 'int8',
      cpuFeatures: [],
      memory: 1,
      bitstream: bitstreamName('xc7z020', FINGERPRINT),
      modelSha256: 'ab'.repeat(32),
    },
    checks: new Map(),
    preprocessing: {
      resize: none,
      crop: none,
      channels: 'unknown',
      norm: 1,
      mean: new Float32Array(),
      meanImage: new Float32Array(),
      table: new Int8Array(),
    },
    labels: [],
    golden: [],
    macs: 1,
  });
}

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 50);

describe('an accelerator in a package', () => {
  it.each(SEEDS)('comes back as it was written (random network %i)', (seed) => {
    const { compiled, accelerator } = compiledOf(randomGraph(seed), seed);
    const model = decodePackage(encode(compiled.network, accelerator));
    expect(model.accelerator).toEqual(accelerator);
    expect(model.fingerprint.bitstream).toBe('xc7z020-fedcba98');
  });

  it.each(SEEDS)('takes the place of operations that follow each other (random network %i)', async (seed) => {
    const { network, compiled, accelerator, inputs } = compiledOf(randomGraph(seed), seed);
    const onProcessor = new Set(compiled.runs.flatMap((run) => (run.kind === 'processor' ? [run.operation] : [])));
    const covered = accelerator.runs.flatMap(({ firstOperation, operations }) =>
      Array.from({ length: operations }, (_, i) => firstOperation + i),
    );
    expect([...covered, ...onProcessor].sort((a, b) => a - b)).toEqual([...compiled.network.operations.keys()]);
    // The order is another, what is computed is not.
    expect(await execute(compiled.network, inputs)).toEqual(await execute(network, inputs));
  });

  it.each(SEEDS)('brings every blob across that the processor needs (random network %i)', (seed) => {
    const { compiled, accelerator } = compiledOf(randomGraph(seed), seed);
    const { operations, inputs, outputs } = compiled.network;
    const there = new Set(inputs);
    const shared = new Set<number>();
    let position = 0;
    const runProcessor = (end: number): void => {
      for (; position < end; position += 1) {
        for (const index of operationInputs(operations[position])) expect(there).toContain(index);
        there.add(operations[position].output);
      }
    };
    for (const run of accelerator.runs) {
      runProcessor(run.firstOperation);
      for (const index of run.inputs) expect(there).toContain(index);
      for (const index of run.outputs) there.add(index);
      position = run.firstOperation + run.operations;
      for (const index of run.outputs) shared.add(index);
    }
    runProcessor(operations.length);
    for (const index of outputs) expect(there).toContain(index);
  });

  it('refuses a run of operations that are not there', () => {
    const { compiled, accelerator } = compiledOf(randomGraph(50), 50);
    const runs = accelerator.runs.map((run) => ({ ...run, firstOperation: 1000 }));
    expect(() => decodePackage(encode(compiled.network, { ...accelerator, runs }))).toThrow(
      expect.objectContaining({ code: 'package.damaged' }) as Error,
    );
  });
});

describe('planSummary', () => {
  it('tells each layer, and where and why it runs', () => {
    const b = new GraphBuilder(1);
    b.input('data', [1, 16, 12, 12]);
    const c = b.convolution('c', 'data', 32, { kernel: { height: 3, width: 3 }, activation: { kind: 'relu' } });
    const { compiled, accelerator } = compiledOf(b.build([b.softmax('prob', b.convolution('d', c, 10))]), 1);
    const plan = planSummary(compiled, accelerator);
    expect(plan.layers.map(({ layer, runsOn, macs }) => ({ layer, runsOn, macs }))).toEqual([
      { layer: 'c', runsOn: 'accelerator', macs: 100 * 32 * 16 * 9 },
      { layer: 'd', runsOn: 'accelerator', macs: 100 * 10 * 32 },
      { layer: 'prob', runsOn: 'processor', macs: 0 },
    ]);
    expect(plan.layers[2].reason).toBe('it computes in float');
    const cycles = plan.layers.reduce((sum, layer) => sum + (layer.cycles ?? 0), 0);
    expect(cycles).toBeGreaterThan(0.8 * plan.cycles);
    expect(cycles).toBeLessThanOrEqual(plan.cycles);
    expect(plan.nanoseconds).toBe(plan.cycles * 10);
    expect(plan.efficiency).toBeGreaterThan(0.05);
    expect(plan.efficiency).toBeLessThan(1);
  });
});

describe('configRegister', () => {
  it('is what the RTL says of itself', () => {
    expect(configRegister(XC7Z020)).toBe(0x34400800);
    expect(configRegister(XC7Z010)).toBe(0x14200800);
  });
});

describe('rtlFingerprint', () => {
  it.each(['xc7z010', 'xc7z020'])('is that of fingerprint.sh (%s)', async (part) => {
    const said = execFileSync(resolve(RTL, 'fingerprint.sh'), [part], { encoding: 'utf8' }).trim();
    expect(bitstreamName(part, await rtlFingerprint(RTL, part))).toBe(`${part}-${said}`);
  });
});

describe('acceleratorTarget', () => {
  it('takes a clock, and refuses boards and clocks that are not there', () => {
    expect(acceleratorTarget('zedboard', 150e6)).toMatchObject({ board: 'zedboard', clockHz: 150e6 });
    expect(() => acceleratorTarget('pi')).toThrow(expect.objectContaining({ code: 'fpga.board' }) as Error);
    expect(() => acceleratorTarget('zedboard', 1e9)).toThrow(expect.objectContaining({ code: 'fpga.clock' }) as Error);
  });
});
