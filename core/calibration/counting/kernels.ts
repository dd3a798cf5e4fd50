import { f32x4, get, i32, i32x4, set, tee, v128, valueType, wasmModule, when, whileTrue } from './wasm.ts';
import type { Code, WasmFunction } from './wasm.ts';

/** Pages of 64 KiB of a new memory. */
const FIRST_PAGES = 2;

/** Functions over the float32 values in [values, end) of the memory; addresses are in bytes. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /**
   * Writes four partial results each of: the smallest value, the largest value (float32), and the bits of the largest magnitude
   * (int32). The number of values is a multiple of 4 and not 0; where some are no numbers only the last says something.
   */
  readonly range: (values: number, end: number, result: number) => void;
  /** Moves values other than 0 to the front of the same place; returns their end. */
  readonly compress: (values: number, end: number) => number;
  /**
   * Adds 1 to the counter `trunc(|value| * scale)` of each value; values below 0 have `bins` counters of their own behind
   * those. Zeros of either sign are counted in eight more behind these: one that every second value adds to would be waited for.
   * Of counter i the lower 8 bits are byte `table + i`, so that many share a line of the cache, and the upper 32 bits the
   * word `table + counters + 4 i` where `counters` is the number of all. The number of values is a multiple of 8.
   */
  readonly count: (values: number, end: number, scale: number, table: number, bins: number) => void;
}

/** Counters for zeros in a table. */
export const ZERO_COUNTERS = 8;

/** As much of WebAssembly as is used here: Node's types have none, and the DOM's are for pages. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };

let compiled: object | undefined;

/** The kernels on a memory of their own. */
export function createKernels(): Kernels {
  compiled ??= new WebAssembly.Module(wasmModule([rangeKernel(), compressKernel(), countKernel()], FIRST_PAGES));
  return new WebAssembly.Instance(compiled).exports as Kernels;
}

const MAGNITUDE = 0x7fffffff;
const VECTOR_BYTES = 16;

function rangeKernel(): WasmFunction {
  const [values, end, result, value, smallest, largest, magnitude] = [0, 1, 2, 3, 4, 5, 6];
  return {
    name: 'range',
    parameters: [valueType.i32, valueType.i32, valueType.i32],
    locals: [valueType.v128, valueType.v128, valueType.v128, valueType.v128],
    body: [
      ...set(smallest, tee(largest, v128.load(get(values)))),
      ...whileTrue(i32.ltUnsigned(get(values), get(end)), [
        ...set(value, v128.load(get(values))),
        ...set(smallest, f32x4.smaller(get(smallest), get(value))),
        ...set(largest, f32x4.larger(get(largest), get(value))),
        ...set(
          magnitude,
          i32x4.max(get(magnitude), v128.and(get(value), v128.const([MAGNITUDE, MAGNITUDE, MAGNITUDE, MAGNITUDE]))),
        ),
        ...set(values, i32.add(get(values), i32.const(VECTOR_BYTES))),
      ]),
      ...v128.store(get(result), get(smallest)),
      ...v128.store(get(result), get(largest), VECTOR_BYTES),
      ...v128.store(get(result), get(magnitude), 2 * VECTOR_BYTES),
    ],
  };
}

/** Without a branch: every value is written, and the next one over it where it was 0. */
function compressKernel(): WasmFunction {
  const [values, end, target, value] = [0, 1, 2, 3];
  const isNotZero = i32.ne(i32.shl(get(value), i32.const(1)), i32.const(0));
  return {
    name: 'compress',
    parameters: [valueType.i32, valueType.i32],
    result: valueType.i32,
    locals: [valueType.i32, valueType.i32],
    body: [
      ...set(target, get(values)),
      ...whileTrue(i32.ltUnsigned(get(values), get(end)), [
        ...i32.store(get(target), tee(value, i32.load(get(values)))),
        ...set(target, i32.add(get(target), i32.shl(isNotZero, i32.const(2)))),
        ...set(values, i32.add(get(values), i32.const(4))),
      ]),
      ...get(target),
    ],
  };
}

function countKernel(): WasmFunction {
  const [values, end, scale, table, bins] = [0, 1, 2, 3, 4];
  const [value, addresses, scales, positives, negatives, firstZeros, secondZeros] = [5, 6, 7, 8, 9, 10, 11];
  const [address, byte, upper, upperAddress] = [12, 13, 14, 15];
  const none = v128.const([0, 0, 0, 0]);
  const allCounters = i32.add(i32.shl(get(bins), i32.const(1)), i32.const(ZERO_COUNTERS));
  const increment = (lane: number): Code => [
    ...i32.storeByte(
      tee(address, i32x4.lane(get(addresses), lane)),
      tee(byte, i32.add(i32.loadByte(get(address)), i32.const(1))),
    ),
    ...when(i32.equal(get(byte), i32.const(0x100)), [
      ...set(upperAddress, i32.add(i32.shl(get(address), i32.const(2)), get(upper))),
      ...i32.store(get(upperAddress), i32.add(i32.load(get(upperAddress)), i32.const(1))),
    ]),
  ];
  const countFour = (offset: number, zeroAddresses: number): Code => {
    const counters = v128.select(get(negatives), get(positives), f32x4.less(get(value), none));
    const bin = i32x4.truncated(f32x4.multiply(f32x4.abs(get(value)), get(scales)));
    return [
      ...set(value, v128.load(get(values), offset)),
      ...set(addresses, v128.select(get(zeroAddresses), i32x4.add(bin, counters), f32x4.equal(get(value), none))),
      ...[0, 1, 2, 3].flatMap(increment),
    ];
  };
  return {
    name: 'count',
    parameters: [valueType.i32, valueType.i32, valueType.f32, valueType.i32, valueType.i32],
    locals: [...new Array<number>(7).fill(valueType.v128), ...new Array<number>(4).fill(valueType.i32)],
    body: [
      ...set(scales, f32x4.splat(get(scale))),
      ...set(positives, i32x4.splat(get(table))),
      ...set(negatives, i32x4.splat(i32.add(get(table), get(bins)))),
      ...set(firstZeros, i32x4.add(i32x4.add(get(negatives), i32x4.splat(get(bins))), v128.const([0, 1, 2, 3]))),
      ...set(secondZeros, i32x4.add(get(firstZeros), v128.const([4, 4, 4, 4]))),
      // The upper bits of the counter at address a are at 4 a + upper.
      ...set(upper, i32.subtract(i32.add(get(table), allCounters), i32.shl(get(table), i32.const(2)))),
      ...whileTrue(i32.ltUnsigned(get(values), get(end)), [
        ...countFour(0, firstZeros),
        ...countFour(VECTOR_BYTES, secondZeros),
        ...set(values, i32.add(get(values), i32.const(2 * VECTOR_BYTES))),
      ]),
    ],
  };
}
