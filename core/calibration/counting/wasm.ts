/**
 * As much of WebAssembly's binary format (https://webassembly.github.io/spec/core/binary/) as `kernels.ts` needs: an expression is
 * its bytes, and operators put those of their operands before their own.
 */
export type Code = readonly number[];

type Unary = (value: Code) => Code;
type Binary = (left: Code, right: Code) => Code;

const unary =
  (...opcode: readonly number[]): Unary =>
  (value) => [...value, ...opcode];

const binary =
  (...opcode: readonly number[]): Binary =>
  (left, right) => [...left, ...right, ...opcode];

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];

/** log2 of the alignment that an access may expect. */
const align = { four: 2, any: 0 } as const;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
/** Sets a local and is its value. */
export const tee = (local: number, value: Code): Code => [...value, 0x22, ...unsigned(local)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: (address: Code): Code => [...address, 0x28, align.four, 0],
  store: (address: Code, value: Code): Code => [...address, ...value, 0x36, align.four, 0],
  loadByte: (address: Code): Code => [...address, 0x2d, 0, 0],
  storeByte: (address: Code, value: Code): Code => [...address, ...value, 0x3a, 0, 0],
  equal: binary(0x46),
  ne: binary(0x47),
  ltUnsigned: binary(0x49),
  add: binary(0x6a),
  subtract: binary(0x6b),
  shl: binary(0x74),
};

/** Four values at a time. */
export const v128 = {
  load: (address: Code, offset = 0): Code => [...address, ...simd(0x00), align.any, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...simd(0x0b),
    align.any,
    ...unsigned(offset),
  ],
  /** Four int32. */
  const: (values: readonly [number, number, number, number]): Code => [
    ...simd(0x0c),
    ...new Uint8Array(Int32Array.from(values).buffer),
  ],
  and: binary(...simd(0x4e)),
  /** The bits of `yes` where those of `which` are 1, else those of `no`. */
  select: (yes: Code, no: Code, which: Code): Code => [...yes, ...no, ...which, ...simd(0x52)],
};

export const i32x4 = {
  splat: unary(...simd(0x11)),
  lane: (value: Code, lane: number): Code => [...value, ...simd(0x1b), lane],
  shl: (value: Code, bits: number): Code => [...value, ...i32.const(bits), ...simd(0xab)],
  add: binary(...simd(0xae)),
  max: binary(...simd(0xb8)),
  /** Towards zero; what does not fit is the nearest that does. */
  truncated: unary(...simd(0xf8)),
};

export const f32x4 = {
  splat: unary(...simd(0x13)),
  equal: binary(...simd(0x41)),
  less: binary(...simd(0x43)),
  abs: unary(...simd(0xe0)),
  multiply: binary(...simd(0xe6)),
  /** `right < left ? right : left`. */
  smaller: binary(...simd(0xea)),
  /** `left < right ? right : left`. */
  larger: binary(...simd(0xeb)),
};

/** Does `body` where `condition` is not 0. */
export function when(condition: Code, body: Code): Code {
  return [...condition, 0x04, 0x40, ...body, 0x0b];
}

/** Does `body` again and again while `condition`, which is looked at before, is not 0. */
export function whileTrue(condition: Code, body: Code): Code {
  const again: Code = [...condition, 0x04, 0x40, ...body, 0x0c, 1, 0x0b];
  return [0x03, 0x40, ...again, 0x0b];
}

export const valueType = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;

export interface WasmFunction {
  readonly name: string;
  /** Locals are numbered on from the parameters. */
  readonly parameters: readonly number[];
  readonly result?: number;
  readonly locals: readonly number[];
  readonly body: Code;
}

/** A module that exports a memory as `memory`, and functions by their names. */
export function wasmModule(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, result }) => [
    0x60,
    ...vector(parameters.map((type) => [type])),
    ...vector(result === undefined ? [] : [[result]]),
  ]);
  const exported = functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...vector(locals.map((type) => [1, type])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(5, [[0x00, ...unsigned(pages)]]),
    ...section(7, [[...text('memory'), 0x02, 0x00], ...exported]),
    ...section(10, bodies),
  ]);
}

function section(id: number, items: readonly Code[]): Code {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  return vector([...new TextEncoder().encode(value)].map((byte) => [byte]));
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of an int32. */
function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
