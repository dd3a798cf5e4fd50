import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../common/random.ts';
import { modulo, type InstructionCodec } from './codec.ts';
import { CONVOLVE, SET_CONVOLUTION_OUTPUT } from './convolution.ts';
import { STAMP } from './control.ts';
import { addTokens, tokensOf } from './tokens.ts';
import { LOAD, LOAD_PARAMETERS, LOAD_WEIGHTS, SET_LOAD, STORE } from './transfer.ts';
import { SET_VECTOR_OUTPUT, VECTOR } from './vector.ts';
import { SET_CONVOLUTION_WINDOW, SET_VECTOR_WINDOW } from './window.ts';

const STREAMS = [1, 3, 5];
const POSITIONS = 8192;

/** Encodes random values of the ranges given, decodes them, and expects them back. */
function roundTrips<T extends { readonly [K in keyof T]: number | boolean }>(
  codec: InstructionCodec<T>,
  ranges: { readonly [K in keyof T]: readonly [number, number] | 'flag' | 'position' },
): void {
  const random = randomSource(7);
  for (let round = 0; round < 200; round += 1) {
    const streams = STREAMS[round % STREAMS.length];
    const values: Readonly<Record<string, number | boolean>> = Object.fromEntries(
      Object.entries<readonly [number, number] | 'flag' | 'position'>(ranges).map(
        ([name, range]): [string, number | boolean] => {
          if (range === 'flag') return [name, random() < 0.5];
          const [low, high] = range === 'position' ? [-1000, POSITIONS * streams - 1001] : range;
          return [name, low + Math.floor(random() * (high - low + 1))];
        },
      ),
    );
    const decoded = codec.decode(codec.encode(values as unknown as T, streams), streams) as Readonly<
      Record<string, unknown>
    >;
    for (const [name, range] of Object.entries<unknown>(ranges)) {
      const value = range === 'position' ? modulo(Number(values[name]), POSITIONS * streams) : values[name];
      expect(decoded[name], `${codec.mnemonic} ${name}`).toBe(value);
    }
  }
}

const REGION = {
  input: 'position',
  column: [0, 1023],
  row: [-2048, 2047],
  rows: [0, 1023],
  groups: [1, 8192],
  lastCount: [1, 8],
  output: 'position',
  parameterRow: [0, 511],
  planes: [1, 256],
} as const;
const WINDOW = {
  kernelWidth: [1, 64],
  kernelHeight: [1, 64],
  columnStep: 'position',
  rowStep: 'position',
  planeStep: [0, 8191],
  dilationX: [0, 15],
  dilationY: [0, 15],
  width: [0, 1023],
  padX: [0, 63],
  strideX: [0, 7],
  strideY: [0, 7],
  rowJump: [0, 8191],
  padLevel: [-128, 127],
} as const;
const OUTPUT = {
  width: [0, 1023],
  rowSkip: 'position',
  planeStep: [0, 8191],
  low: [-128, 127],
  high: [-128, 127],
  zero: [-128, 127],
} as const;

describe('instructions keep their values through the encoding', () => {
  it('transfers', () => {
    const offset = [0, 2 ** 32 - 1] as const;
    const base = [0, 3] as const;
    roundTrips(SET_LOAD, {
      width: [0, 1023],
      rowSkip: 'position',
      planeStep: [0, 8191],
      memoryPlaneStep: [0, 2 ** 22 - 1],
      narrow: 'flag',
    });
    for (const codec of [LOAD, STORE]) {
      roundTrips(codec, {
        offset,
        base,
        pixels: [1, 2 ** 17],
        planes: [1, 256],
        position: 'position',
        column: [0, 1023],
      });
    }
    roundTrips(LOAD_PARAMETERS, { offset, base, words: [1, 4096], vectorWeights: 'flag', row: [0, 511] });
    roundTrips(LOAD_WEIGHTS, { offset, base, sets: [1, 65536] });
    roundTrips(STAMP, { offset, base, tag: [0, 65535] });
  });

  it('convolutions', () => {
    roundTrips(SET_CONVOLUTION_WINDOW, WINDOW);
    roundTrips(SET_CONVOLUTION_OUTPUT, { ...OUTPUT, leaky: 'flag', raw: 'flag' });
    const tile = { lastColumns: [1, 4], eighths: [1, 4], first: 'flag', last: 'flag', keep: 'flag' } as const;
    roundTrips(CONVOLVE, { ...REGION, ...tile });
  });

  it('the vector unit', () => {
    roundTrips(SET_VECTOR_WINDOW, WINDOW);
    const more = {
      leaky: 'flag',
      method: [0, 2],
      pair: 'flag',
      sharedParameters: 'flag',
      sharedWeights: 'flag',
    } as const;
    roundTrips(SET_VECTOR_OUTPUT, { ...OUTPUT, ...more });
    roundTrips(VECTOR, { ...REGION, weightRow: [0, 511] });
  });

  it('refuses what does not fit', () => {
    expect(() => LOAD_WEIGHTS.encode({ offset: 0, base: 0, sets: 65537 }, 3)).toThrow(/sets/);
    expect(() => LOAD_WEIGHTS.encode({ offset: -1, base: 0, sets: 1 }, 3)).toThrow(/offset/);
    expect(() => STAMP.encode({ offset: 0, base: 4, tag: 0 }, 3)).toThrow(/base/);
  });

  it('puts indices before 0 at the end of the banks, as the hardware wraps them', () => {
    // The example of docs/fpga/instructions.md: -8 at P = 3 is bank 1, word 8189.
    const words = LOAD.encode({ offset: 0, base: 0, pixels: 1, planes: 1, position: -8, column: 0 }, 3);
    const bits = ((words[2] >>> 11) & 0xffff) >>> 0;
    expect(bits & 8191).toBe(8189);
    expect(bits >>> 13).toBe(1);
  });

  it('adds tokens without touching the rest', () => {
    const words = LOAD_WEIGHTS.encode({ offset: 0xffffffff, base: 3, sets: 3 }, 1);
    addTokens(words, { take: 5 });
    addTokens(words, { take: 2, post: 8, early: 1 });
    expect(tokensOf(words)).toEqual({ take: 7, post: 8, early: 1 });
    expect(LOAD_WEIGHTS.decode(words, 1)).toEqual({ offset: 0xffffffff, base: 3, sets: 3 });
  });
});
