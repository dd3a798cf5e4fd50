import { InstructionCodec } from './codec.ts';

type NoValues = Readonly<Record<string, never>>;

/** OpSync: complete when all that was stored before it is in memory. */
export const SYNC = new InstructionCodec<NoValues>(13, 'OpSync', {});

/** OpEnd: as OpSync; ends the run. */
export const END = new InstructionCodec<NoValues>(15, 'OpEnd', {});

/** OpStamp: writes the cycle counter and a tag. */
export interface Stamp {
  readonly offset: number;
  readonly base: number;
  readonly tag: number;
}

export const STAMP = new InstructionCodec<Stamp>(14, 'OpStamp', {
  offset: { low: 16, width: 32, kind: 'unsigned' },
  base: { low: 48, width: 2, kind: 'unsigned' },
  tag: { low: 50, width: 16, kind: 'unsigned' },
});
