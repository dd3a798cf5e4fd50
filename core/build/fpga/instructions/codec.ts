/** How a value of an instruction lies in its 128 bits. */
export interface Field {
  readonly low: number;
  readonly width: number;
  /**
   * unsigned: as it is; count: the value minus one; signed and modulo: two's complement (modulo wraps); flag: a boolean;
   * position: a flat pixel index as word and bank (docs/fpga/instructions.md, "Activation buffer").
   */
  readonly kind: 'unsigned' | 'count' | 'signed' | 'modulo' | 'flag' | 'position';
}

/** Words of a bank that a position can name; indices wrap there. */
const POSITION_WORDS = 8192;
const POSITION_BITS = 13;

type Values = Readonly<Record<string, number | boolean>>;

/** The bits of one kind of instruction, tokens excluded. */
export class InstructionCodec<T extends { readonly [K in keyof T]: number | boolean }> {
  constructor(
    readonly operation: number,
    readonly mnemonic: string,
    private readonly fields: { readonly [K in keyof T]: Field },
  ) {}

  /** Four 32-bit words. Throws a RangeError, which is a defect of the compiler, where a value does not fit its field. */
  encode(values: T, streams: number): Uint32Array {
    const words = new Uint32Array(4);
    words[0] = this.operation;
    for (const [name, field] of Object.entries<Field>(this.fields)) {
      const value = (values as Values)[name];
      const bits = bitsOf(field, Number(value), streams);
      if (!Number.isInteger(bits) || bits < 0 || bits >= 2 ** field.width) {
        throw new RangeError(`${this.mnemonic}: ${name} = ${String(value)} does not fit ${field.width} bits`);
      }
      setBits(words, field.low, field.width, bits);
    }
    return words;
  }

  /** The values of an instruction; positions come as indices from 0 on. */
  decode(words: Uint32Array, streams: number): T {
    const entries = Object.entries<Field>(this.fields).map(([name, field]) => [
      name,
      valueOf(field, getBits(words, field.low, field.width), streams),
    ]);
    return Object.fromEntries(entries) as T;
  }
}

function bitsOf({ kind, width }: Field, value: number, streams: number): number {
  switch (kind) {
    case 'count':
      return value - 1;
    case 'signed':
      return value >= -(2 ** (width - 1)) && value < 2 ** (width - 1) ? modulo(value, 2 ** width) : Number.NaN;
    case 'modulo':
      return modulo(value, 2 ** width);
    case 'position': {
      const bank = modulo(value, streams);
      return modulo((value - bank) / streams, POSITION_WORDS) + bank * 2 ** POSITION_BITS;
    }
    case 'unsigned':
    case 'flag':
      return value;
  }
}

function valueOf({ kind, width }: Field, bits: number, streams: number): number | boolean {
  switch (kind) {
    case 'count':
      return bits + 1;
    case 'signed':
      return bits >= 2 ** (width - 1) ? bits - 2 ** width : bits;
    case 'position':
      return (bits % POSITION_WORDS) * streams + Math.floor(bits / POSITION_WORDS);
    case 'flag':
      return bits !== 0;
    case 'unsigned':
    case 'modulo':
      return bits;
  }
}

/** A remainder from 0 on. */
export function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

export function setBits(words: Uint32Array, low: number, width: number, bits: number): void {
  for (let i = 0; i < width; i += 1) {
    if (Math.floor(bits / 2 ** i) % 2 === 1) words[(low + i) >>> 5] |= 1 << ((low + i) & 31);
  }
}

export function getBits(words: Uint32Array, low: number, width: number): number {
  let bits = 0;
  for (let i = 0; i < width; i += 1) {
    if (((words[(low + i) >>> 5] >>> ((low + i) & 31)) & 1) === 1) bits += 2 ** i;
  }
  return bits;
}
