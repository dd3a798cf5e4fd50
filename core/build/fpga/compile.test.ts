import { describe, expect, it } from 'vitest';
import type { Graph } from '../../graph/graph.ts';
import type { QuantizedNetwork } from '../../quantization/quantized-network.ts';
import { GraphBuilder } from '../../quantization/testing/graph-builder.ts';
import { randomGraph } from '../../quantization/testing/random-graph.ts';
import { compileNetwork, stampsOf } from './compile.ts';
import { estimateProgram } from './estimate.ts';
import { SET_CONVOLUTION_OUTPUT } from './instructions/convolution.ts';
import { SET_VECTOR_OUTPUT } from './instructions/vector.ts';
import { ACCELERATOR_BOARDS, type AcceleratorTarget } from './parts.ts';
import { checkProgram } from './testing/check-program.ts';
import { compare, quantizedOf } from './testing/compare.ts';
import { graphOf, square } from './testing/graph-of.ts';
import { PADDED_GRAPHS } from './testing/padded-graphs.ts';
import { withEveryLevel, withRandomLevels } from './testing/random-levels.ts';
import { hasSimulation } from './testing/simulation.ts';

function board(name: string): AcceleratorTarget {
  const target = ACCELERATOR_BOARDS.find((each) => each.board === name);
  if (target === undefined) throw new Error(`no board ${name}`);
  return target;
}

const PYNQ = board('pynq-z1');
const ZYBO = board('zybo-z7-10');
const RELU = { kind: 'relu' } as const;

/** Seeds; CORTADO_FPGA_RANDOM says how many more. */
const RANDOM_NETWORKS = [
  ...[1, 3, 13, 21, 22],
  ...Array.from({ length: Number(process.env.CORTADO_FPGA_RANDOM ?? 0) }, (_, index) => index + 1000),
];

/** Small networks, one for each way in which a layer can run. */
const CASES: Readonly<Record<string, () => Graph>> = {
  'a pointwise convolution': () => graphOf([1, 20, 9, 11], (b) => b.convolution('c', 'data', 40, { activation: RELU })),
  'a 3 x 3 convolution at stride 2 of three channels': () =>
    graphOf([1, 3, 17, 15], (b) =>
      b.convolution('c', 'data', 33, { kernel: square(3), stride: square(2), pad: square(1) }),
    ),
  'a 5 x 3 convolution, dilated': () =>
    graphOf([1, 18, 16, 12], (b) =>
      b.convolution('c', 'data', 16, {
        kernel: { height: 5, width: 3 },
        dilation: { height: 2, width: 1 },
        pad: { height: 3, width: 2 },
      }),
    ),
  'an inner product': () =>
    graphOf([1, 40, 6, 6], (b) => b.convolution('c', 'data', 50, { kernel: square(6), activation: RELU })),
  'a leaky convolution': () =>
    graphOf([1, 8, 8, 8], (b) =>
      b.convolution('c', 'data', 24, { activation: { kind: 'leaky', slopes: Float32Array.from([0.2]) } }),
    ),
  'groups of 24 channels': () =>
    graphOf([1, 48, 9, 9], (b) => b.convolution('c', 'data', 80, { kernel: square(3), pad: square(1), group: 2 })),
  'a depthwise convolution': () =>
    graphOf([1, 40, 13, 14], (b) =>
      b.convolution('c', 'data', 40, {
        kernel: square(3),
        stride: square(2),
        pad: square(1),
        group: 40,
        activation: RELU,
      }),
    ),
  'a leaky depthwise convolution': () =>
    graphOf([1, 40, 7, 8], (b) =>
      b.convolution('c', 'data', 40, {
        kernel: square(3),
        pad: square(1),
        group: 40,
        activation: { kind: 'leaky', slopes: Float32Array.from([0.1]) },
      }),
    ),
  'maximum pooling': () =>
    graphOf([1, 20, 14, 14], (b) => b.pooling('p', b.convolution('c', 'data', 20), 'max', { kernel: 3, stride: 2 })),
  'average pooling': () =>
    graphOf([1, 20, 8, 8], (b) => b.pooling('p', b.convolution('c', 'data', 20), 'average', { kernel: 8, stride: 1 })),
  'a residual sum at stride 2': () =>
    graphOf([1, 16, 12, 12], (b) => {
      const stem = b.convolution('stem', 'data', 24, { kernel: square(3), pad: square(1), activation: RELU });
      const branch = b.convolution('branch', stem, 24, { kernel: square(3), stride: square(2), pad: square(1) });
      return b.sum('sum', [b.convolution('shortcut', stem, 24, { stride: square(2) }), branch], RELU);
    }),
  'a concatenation whose parts start new planes': () =>
    graphOf([1, 16, 10, 10], (b) => {
      const parts = [5, 32, 9].map((count) => b.convolution(`part${count}`, 'data', count, { activation: RELU }));
      const joined = b.concat('joined', parts);
      return b.convolution('c', b.pooling('p', joined, 'max', { kernel: 3, stride: 1, pad: 1 }), 16, {
        kernel: square(3),
      });
    }),
  'average pooling whose last windows are clipped': () =>
    graphOf([1, 20, 14, 13], (b) =>
      b.pooling('p', b.convolution('c', 'data', 20), 'average', { kernel: 3, stride: 2, pad: 1 }),
    ),
  'a leaky activation that no layer takes up': () =>
    graphOf([1, 20, 12, 12], (b) => {
      const pooled = b.pooling('p', b.convolution('c', 'data', 20), 'max', { kernel: 2, stride: 2 });
      return b.activation('l', pooled, { kind: 'leaky', slopes: Float32Array.from([0.2]) });
    }),
  'a result that is handed over in bands with rows in common': () =>
    graphOf([1, 3, 90, 170], (b) => {
      const c = b.convolution('c', 'data', 48, { kernel: square(3), pad: square(1), stride: square(2) });
      return b.pooling('p', c, 'max', { kernel: 3, stride: 2 });
    }),
  'a depthwise convolution that follows block by block': () =>
    graphOf([1, 40, 14, 14], (b) => {
      // Its map is not read any more when the depthwise result gets its place.
      const stem = b.convolution('stem', 'data', 112, { activation: RELU });
      const first = b.convolution('first', stem, 112, { activation: RELU });
      const deep = b.convolution('deep', first, 112, { kernel: square(3), pad: square(1), group: 112 });
      return b.convolution('second', deep, 40);
    }),
  'maps larger than the activation buffer': () =>
    graphOf([1, 40, 90, 100], (b) => {
      const c = b.convolution('c', 'data', 40, { kernel: square(3), pad: square(1), activation: RELU });
      return b.pooling('p', c, 'max', { kernel: 2, stride: 2 });
    }),
  ...PADDED_GRAPHS,
};

/** One for each kind of operation that requantises, or copies what one wrote. */
const WITH_OTHER_LEVELS = [
  'a pointwise convolution',
  'an inner product',
  'a leaky convolution',
  'a leaky depthwise convolution',
  'average pooling whose last windows are clipped',
  'a residual sum at stride 2',
  'a leaky activation that no layer takes up',
  'a result that is handed over in bands with rows in common',
  'padding of another level in every layer, no two alike',
  'padding of another level around sums that become float',
];

/** Levels of the padding of the convolutions that have one, in their order. */
function padLevelsOf(network: QuantizedNetwork): readonly number[] {
  return network.operations.flatMap((operation) =>
    operation.kind === 'convolution' && operation.pad.height > 0 ? [operation.padLevel] : [],
  );
}

/** Zeros of whatever requantises. */
function zerosOf(network: QuantizedNetwork): readonly number[] {
  return network.operations.flatMap((operation) => {
    if (operation.kind !== 'convolution' && operation.kind !== 'pooling' && operation.kind !== 'activation') return [];
    return 'requantisation' in operation.form ? [operation.form.requantisation.zero] : [];
  });
}

describe('what a compiled network does on the accelerator equals the reference executor, bit for bit', () => {
  for (const target of [PYNQ, ZYBO]) {
    describe.skipIf(!hasSimulation(target.part))(`${target.part.name} (Verilated)`, () => {
      it.each(Object.keys(CASES))('%s', async (name) => {
        const { network, inputs } = quantizedOf(CASES[name](), 11);
        const { different, compiled, values, runs } = await compare(network, inputs, target);
        expect(different).toEqual([]);
        expect(values).toBeGreaterThan(0);
        expect(stampsOf(compiled).length).toBeGreaterThan(1);
        for (const { protocol } of runs) expect(protocol).toBe('');
      });

      it.each(WITH_OTHER_LEVELS)('%s, with zeros and biases', async (name) => {
        const { network: plain, inputs } = quantizedOf(CASES[name](), 11);
        const network = withEveryLevel(plain, 12);
        const { different } = await compare(network, inputs, target);
        expect(different).toEqual([]);
      });

      it.each(RANDOM_NETWORKS)(
        'random network %i, with stalls on the ports',
        async (seed) => {
          const { network: plain, inputs } = quantizedOf(randomGraph(seed), seed + 100);
          const network = withRandomLevels(plain, seed);
          const { different, compiled } = await compare(network, inputs, target, { stall: 0.1 * (seed % 5), seed });
          expect(different).toEqual([]);
          if (network.tensors[network.inputs[0]].shape[0] === 1) expect(stampsOf(compiled).length).toBeGreaterThan(3);
        },
        60_000,
      );

      it('takes about as long as estimated', async () => {
        const { network, inputs } = quantizedOf(CASES['maps larger than the activation buffer'](), 3);
        const { compiled, runs } = await compare(network, inputs, target);
        const programs = compiled.runs.flatMap((run) => (run.kind === 'accelerator' ? [run.program] : []));
        const estimated = programs.reduce(
          (sum, { instructions }) => sum + estimateProgram(instructions, target).cycles,
          0,
        );
        const measured = runs.reduce((sum, { cycles }) => sum + cycles, 0);
        expect(estimated / measured).toBeGreaterThan(0.85);
        expect(estimated / measured).toBeLessThan(1.15);
      });
    });
  }
});

describe('every instruction stays inside its buffers and waits only for what stands before it', () => {
  for (const target of ACCELERATOR_BOARDS.filter(({ board: name }) => name === 'pynq-z1' || name === 'zybo-z7-10')) {
    it.each([...Object.keys(CASES)])(`${target.part.name}: %s`, (name) => {
      const { network } = quantizedOf(CASES[name](), 2);
      for (const run of compileNetwork(network, target).runs) {
        if (run.kind === 'accelerator') checkProgram(run.program.instructions, target.part);
      }
    });
    it.each(Array.from({ length: 16 }, (_, index) => index + 30))(`${target.part.name}: random network %i`, (seed) => {
      const { network } = quantizedOf(randomGraph(seed), seed);
      for (const run of compileNetwork(network, target).runs) {
        if (run.kind === 'accelerator') checkProgram(run.program.instructions, target.part);
      }
    });
  }
});

describe('compileNetwork', () => {
  it.each(Object.keys(PADDED_GRAPHS))('keeps a convolution on the accelerator: %s', (name) => {
    const { network } = quantizedOf(PADDED_GRAPHS[name](), 11);
    expect(padLevelsOf(network)).toContainEqual(expect.toSatisfy((level: number) => level !== 0));
    for (const target of [PYNQ, ZYBO]) {
      const onProcessor = compileNetwork(network, target).runs.filter(({ kind }) => kind === 'processor');
      expect(onProcessor).toEqual([]);
    }
  });

  it.each(WITH_OTHER_LEVELS)('gives results their zero: %s', (name) => {
    const network = withEveryLevel(quantizedOf(CASES[name](), 11).network, 12);
    for (const target of [PYNQ, ZYBO]) {
      const instructions = compileNetwork(network, target).runs.flatMap((run) =>
        run.kind === 'accelerator' ? run.program.instructions : [],
      );
      const written = [SET_CONVOLUTION_OUTPUT, SET_VECTOR_OUTPUT].flatMap((codec) =>
        instructions
          .filter(({ words }) => (words[0] & 15) === codec.operation)
          .map(({ words }) => codec.decode(words, target.part.streams).zero),
      );
      expect(new Set(written.filter((zero) => zero !== 0))).toEqual(new Set(zerosOf(network)));
    }
  });

  it('leaves what the accelerator cannot run to the processor, with the reason', () => {
    const b = new GraphBuilder(1);
    b.input('data', [1, 32, 9, 9]);
    const c = b.convolution('c', 'data', 16, { kernel: square(3), stride: square(3) });
    const graph = b.build([b.softmax('prob', b.convolution('d', c, 10))]);
    const { network } = quantizedOf(graph, 1);
    const reasons = (target: AcceleratorTarget): readonly string[] =>
      compileNetwork(network, target).runs.flatMap((run) =>
        run.kind === 'processor' ? [`${network.operations[run.operation].layer}: ${run.reason}`] : [],
      );
    expect(reasons(PYNQ)).toContain('c: a stride of 3 reads one bank of 3 only');
    expect(reasons(ZYBO)).not.toContain('c: a stride of 3 reads one bank of 3 only');
    expect(reasons(PYNQ)).toContain('prob: it computes in float');
  });

  it('crosses to the processor as rarely as the network allows', () => {
    const { network } = quantizedOf(CASES['a residual sum at stride 2'](), 1);
    expect(compileNetwork(network, PYNQ).runs.filter(({ kind }) => kind === 'accelerator')).toHaveLength(1);
  });

  it('keeps convolutions whose sums could leave 28 bits on the processor', () => {
    const graph = graphOf([1, 2048, 3, 3], (b) =>
      b.convolution('c', 'data', 2, { kernel: square(3), weights: new Array<number>(2 * 2048 * 9).fill(0.1) }),
    );
    const { network } = quantizedOf(graph, 1);
    const run = compileNetwork(network, PYNQ).runs.find((each) => each.kind === 'processor');
    expect(run?.kind === 'processor' ? run.reason : '').toBe('sums of output channel 0 could leave 28 bits');
  });

  it('refuses a layer of which not even one row fits, by name', () => {
    const graph = graphOf([1, 1024, 4, 900], (b) =>
      b.convolution('wide', 'data', 16, { kernel: square(3), pad: square(1) }),
    );
    const { network } = quantizedOf(graph, 1);
    expect(() => compileNetwork(network, ZYBO)).toThrow(
      expect.objectContaining({
        code: 'fpga.does-not-fit',
        message: expect.stringMatching(
          /^Layer wide needs \d{4} KB of .* a single row .*; xc7z010 has 128 KB\.$/,
        ) as unknown,
      }) as Error,
    );
  });
});
