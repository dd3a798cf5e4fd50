/** Octaves below the top one that have bins: with the top one they reach below 1/2048 of any value in it. */
const octaves = 12;

/** Exponents of float32 as they are stored, with the sign above them: 512 of them. */
const codes = 512;
const negative = 256;

/** Places before the bins. */
export const smallPositive = 0;
export const smallNegative = 1;
/** What has no bin: beyond the top, not finite, or negative where there are no bins for that. */
export const misfits = 2;
const firstBin = 3;

/**
 * Bins for magnitudes by the float's own bits: an octave has 2^k equal bins, and a bin is the upper k bits of the mantissa.
 * The largest octave has 2^`finest`, every other one half of the bins of the one above it, but the second as many as the
 * first, and none fewer than 2^`coarsest`. So bins are about equal in the upper octaves, which few values reach, while the
 * many small ones find theirs close together, in the processor's cache. Bins of a lower top are unions of bins of a higher
 * one, so counts move to a higher top exactly.
 */
export class OctaveBins {
  /** By exponent code: the bin of bits b is `((b & 0x7fffffff) >> shifts[code]) + offsets[code]`. */
  readonly shifts = new Int32Array(codes).fill(31);
  readonly offsets = new Int32Array(codes).fill(misfits);
  /** Places in all. */
  readonly length: number;
  /** Bins of either sign. */
  readonly bins: number;
  private readonly list: readonly Octave[];

  /**
   * @param top exponent code of the largest octave, 12 or more
   * @param hasNegatives whether negative values have bins of their own, after the others
   */
  constructor(
    readonly top: number,
    readonly hasNegatives: boolean,
    { finest, coarsest }: Resolution,
  ) {
    const list: Octave[] = [];
    let at = firstBin;
    for (let depth = octaves - 1; depth >= 0; depth--) {
      const bits = Math.max(coarsest, finest - Math.max(0, depth - 1));
      list.push({ code: top - depth, shift: 23 - bits, first: at });
      at += 1 << bits;
    }
    this.list = list;
    this.bins = at - firstBin;
    this.length = firstBin + this.bins * (hasNegatives ? 2 : 1);
    for (let code = 0; code <= top - octaves; code++) {
      this.offsets[code] = smallPositive;
      this.offsets[negative + code] = smallNegative;
    }
    for (const { code, shift, first } of list) {
      this.shifts[code] = this.shifts[negative + code] = shift;
      this.offsets[code] = first - ((code << 23) >> shift);
      this.offsets[negative + code] = hasNegatives ? this.offsets[code] + this.bins : misfits;
    }
  }

  /** Tells each bin's place and the bits of its lower edge, upwards; negative bins by their magnitudes. */
  forEach(tell: (place: number, lowerBits: number) => void): void {
    for (const { code, shift, first } of this.list) {
      const count = 1 << (23 - shift);
      for (let i = 0; i < count; i++) tell(first + i, (code << 23) | (i << shift));
    }
  }

  /** The place of a value with these bits, negative or not. */
  placeOf(bits: number): number {
    const code = bits >>> 23;
    return ((bits & 0x7fffffff) >> this.shifts[code]) + this.offsets[code];
  }
}

export interface Resolution {
  /** log2 of the bins of the largest octave. */
  readonly finest: number;
  /** log2 of the bins of the smallest one. */
  readonly coarsest: number;
}

interface Octave {
  readonly code: number;
  readonly shift: number;
  readonly first: number;
}

/** The lowest top that bins can have. */
export const lowestTop = octaves;
