import { CONVOLVE, SET_CONVOLUTION_OUTPUT } from '../instructions/convolution.ts';
import { QUEUES, tokensOf } from '../instructions/tokens.ts';
import { LOAD, LOAD_PARAMETERS, SET_LOAD, SET_STORE, STORE } from '../instructions/transfer.ts';
import { SET_VECTOR_OUTPUT, VECTOR } from '../instructions/vector.ts';
import type { InstructionCodec } from '../instructions/codec.ts';
import type { Output, Region } from '../instructions/window.ts';
import type { AcceleratorPart } from '../parts.ts';
import type { Instruction } from '../program-builder.ts';

const COUNTER_LIMIT = 63;
const QUEUE_DEPTH = 16;

function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/**
 * Reads a program as the accelerator does, and throws where an instruction writes outside of the activation buffer or a table, has a
 * tile that is too large, takes a token that nothing before it gives, leaves tokens over, or lets a counter overflow.
 */
export function checkProgram(instructions: readonly Instruction[], part: AcceleratorPart): void {
  const settings = new Map<number, Uint32Array>();
  for (const { words } of instructions) {
    const operation = words[0] & 15;
    settings.set(operation, words);
    const setting = <T extends { readonly [K in keyof T]: number | boolean }>(codec: InstructionCodec<T>): T => {
      const set = settings.get(codec.operation);
      if (set === undefined) throw new Error(`${codec.mnemonic} is missing`);
      return codec.decode(set, part.streams);
    };
    if (operation === LOAD.operation || operation === STORE.operation) {
      const { width, rowSkip, planeStep } = setting(operation === LOAD.operation ? SET_LOAD : SET_STORE);
      const { position, pixels, planes, column } = (operation === LOAD.operation ? LOAD : STORE).decode(
        words,
        part.streams,
      );
      const rows = Math.ceil((column + pixels) / width);
      checkPlanes(part, position, pixels + (rows - 1) * rowSkip, planes, planeStep);
    } else if (operation === CONVOLVE.operation) {
      const tile = CONVOLVE.decode(words, part.streams);
      const output = setting(SET_CONVOLUTION_OUTPUT);
      must(tile.groups <= part.depth, 'a tile has more groups than the array');
      const written = output.raw ? tile.eighths * 2 : Math.ceil(tile.eighths / 2);
      checkResults(part, tile, output, written);
      must(
        tile.parameterRow + Math.ceil(tile.eighths / 2) * (output.leaky ? 4 : 2) <= part.parameterRows,
        'parameters outside of the table',
      );
      must(tile.parameterRow % 2 === 0, 'parameters start at an odd row');
    } else if (operation === VECTOR.operation) {
      const region = VECTOR.decode(words, part.streams);
      checkResults(part, region, setting(SET_VECTOR_OUTPUT), region.planes);
    } else if (operation === LOAD_PARAMETERS.operation) {
      const { row, words: count, vectorWeights } = LOAD_PARAMETERS.decode(words, part.streams);
      const end = row + count / (vectorWeights ? 2 : 8);
      must(end <= (vectorWeights ? part.vectorWeightRows : part.parameterRows), 'a table overflows');
    }
  }
  checkTokens(instructions);
}

function checkResults(part: AcceleratorPart, region: Region, output: Output, planes: number): void {
  const pixels = (region.groups - 1) * part.streams + region.lastCount;
  const rows = Math.ceil((region.column + pixels) / output.width);
  must(output.width >= part.streams, 'results are narrower than P');
  must(region.lastCount <= part.streams, 'the last group has more than P pixels');
  checkPlanes(part, region.output, pixels + (rows - 1) * output.rowSkip, planes, output.planeStep);
}

function checkPlanes(part: AcceleratorPart, position: number, pixels: number, planes: number, planeStep: number): void {
  const end = Math.ceil((position + pixels) / part.streams) + (planes - 1) * planeStep;
  must(end <= part.words, `word ${end} is outside of the activation buffer`);
}

function checkTokens(instructions: readonly Instruction[]): void {
  const open = QUEUES.map(() => QUEUES.map(() => 0));
  for (const { queue, words } of instructions) {
    const own = QUEUES.findIndex((name) => name === queue);
    const { take, post, early } = tokensOf(words);
    must(own >= 0 || (take | post | early) === 0, `the queue of ${queue} has no tokens`);
    if (own < 0) continue;
    QUEUES.forEach((_, other) => {
      if (((take >>> other) & 1) === 1) open[other][own] -= 1;
      must(open[other][own] >= 0, 'a token is taken that nothing before gives');
      if (((post >>> other) & 1) === 1) open[own][other] += 1;
      if (((early >>> other) & 1) === 1) open[own][other] += 1;
      must(open[own][other] <= COUNTER_LIMIT - QUEUE_DEPTH, 'a token counter could overflow');
    });
  }
  must(
    open.flat().every((count) => count === 0),
    'tokens are left over',
  );
}
