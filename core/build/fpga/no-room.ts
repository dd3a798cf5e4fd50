import { CortadoError } from '../../common/errors.ts';
import type { Stream } from './buffers.ts';
import { wordsOf } from './geometry.ts';
import type { AcceleratorPart } from './parts.ts';
import type { RunStep } from './residency.ts';

/** Thrown where a storage cannot stay in the activation buffer. */
export class NoRoom extends Error {
  constructor(readonly evict: number) {
    super(`storage ${evict} has to go to memory`);
  }
}

/** Thrown where two layers cannot have their buffers at the same time. */
export class NoRoomForPair extends Error {
  constructor(readonly first: RunStep) {
    super(`${first.layer.name} and the layer behind it do not fit together`);
  }
}

const WORD_BYTES = 16;

/** Words that bands of one row take: two buffers for each stream. */
function wordsForOneRow(streams: readonly Stream[], banks: number): number {
  return streams.reduce((sum, { pitch, planes, rows }) => sum + 2 * planes * wordsOf(rows(1), pitch, banks), 0);
}

/** The error where not even bands of one row have room. */
export function doesNotFit({ layer }: RunStep, streams: readonly Stream[], part: AcceleratorPart): CortadoError {
  const { name, words } = part;
  const kilobytes = (count: number): string => `${Math.ceil((count * WORD_BYTES * part.streams) / 1024)} KB`;
  return new CortadoError(
    'fpga.does-not-fit',
    `Layer ${layer.name} needs ${kilobytes(wordsForOneRow(streams, part.streams))} of the activation buffer to compute a single row of its result; ${name} has ${kilobytes(words)}.`,
    "Build for a larger part, or reduce the network's input.",
    { location: { field: layer.name } },
  );
}
