import { addTokens, QUEUES, type Queue } from './instructions/tokens.ts';
import type { InstructionCodec } from './instructions/codec.ts';
import { SYNC } from './instructions/control.ts';
import type { AcceleratorPart } from './parts.ts';
import type { ReadShares } from './read-blocks.ts';

/** Places of the accelerator's buffers, [from, to): words of every bank, or rows of the two parameter memories. */
export interface Span {
  readonly memory: 'activations' | 'parameters' | 'vector-weights';
  readonly from: number;
  readonly to: number;
}

/** What an instruction takes time for; the estimator reads it. */
export interface Cost {
  /** Cycles of the unit. */
  readonly cycles: number;
  /** Bytes over the memory ports. */
  readonly bytes: number;
  /** Cycles that the results take through the requantisation. */
  readonly results?: number;
  /** Of the array and the vector unit: where they read. */
  readonly reads?: ReadShares;
}

export interface Instruction {
  readonly queue: Queue | 'weights';
  readonly words: Uint32Array;
  readonly cost: Cost;
  /** Position in the network's operations; the estimator sums by it. */
  readonly operation: number;
}

export interface Effects {
  readonly reads?: readonly Span[];
  readonly writes?: readonly Span[];
  /** Instructions (as emit returned them) that must be complete before. */
  readonly after?: readonly number[];
}

const NONE = -1;
const CAPACITY = { activations: 8192, parameters: 512, 'vector-weights': 512 } as const;
const START = { activations: 0, parameters: 8192, 'vector-weights': 8704 } as const;
const PLACES = 9216;
const FREE: Cost = { cycles: 1, bytes: 0 };
/**
 * A token counter holds up to 63. In program order no more than these are open between two queues; the taker's queue can hold 16
 * instructions back besides.
 */
export const MOST_OPEN_TOKENS = 40;

/**
 * Collects a program and orders its queues: each instruction says which places it reads and writes, and gets the tokens that
 * keep it behind what it depends on. Tokens from one queue to another are always taken in the order in which they are given:
 * towards the load queue the array and the vector unit give them when inputs have been read, else when results are written.
 */
export class ProgramBuilder {
  readonly instructions: Instruction[] = [];
  operation = 0;
  private readonly writers = new Int32Array(PLACES).fill(NONE);
  private readonly readers = QUEUES.map(() => new Int32Array(PLACES).fill(NONE));
  /** By giver and taker: the giver's last instruction that the taker is known to be behind. */
  private readonly known = QUEUES.map(() => QUEUES.map(() => NONE));
  /** By giver and taker: where each token is taken, in order. */
  private readonly takers = QUEUES.map(() => QUEUES.map((): number[] => []));
  private readonly latest = QUEUES.map(() => NONE);
  private readonly settings = new Map<number, string>();

  constructor(readonly part: AcceleratorPart) {}

  /** Emits a Set instruction, unless its queue works with these very values already. */
  set<T extends { readonly [K in keyof T]: number | boolean }>(
    queue: Queue,
    codec: InstructionCodec<T>,
    values: T,
  ): void {
    const words = codec.encode(values, this.part.streams);
    const key = words.join();
    if (this.settings.get(codec.operation) === key) return;
    this.settings.set(codec.operation, key);
    this.push({ queue, words, cost: FREE, operation: this.operation });
  }

  /** Emits an instruction of the weight queue. */
  weights<T extends { readonly [K in keyof T]: number | boolean }>(
    codec: InstructionCodec<T>,
    values: T,
    cost: Cost,
  ): void {
    const words = codec.encode(values, this.part.streams);
    this.push({ queue: 'weights', words, cost, operation: this.operation });
  }

  /** Emits an instruction behind everything that it depends on; the result names it in `Effects.after`. */
  emit<T extends { readonly [K in keyof T]: number | boolean }>(
    queue: Queue,
    codec: InstructionCodec<T>,
    values: T,
    effects: Effects,
    cost: Cost,
  ): number {
    const needs = this.dependencies(queue, effects);
    if (queue === 'load') this.relayResults(needs);
    const index = this.push({
      queue,
      words: codec.encode(values, this.part.streams),
      cost,
      operation: this.operation,
    });
    for (const [giver, instruction] of needs.entries()) this.order(giver, instruction, queue, index);
    this.latest[QUEUES.indexOf(queue)] = index;
    this.record(queue, effects, index);
    return index;
  }

  private push(instruction: Instruction): number {
    this.instructions.push(instruction);
    return this.instructions.length - 1;
  }

  /** By queue: the last instruction that must come before; for the load queue those of results are marked apart. */
  private dependencies(queue: Queue, effects: Effects): Needs {
    const needs = new Needs();
    for (const { from, to } of (effects.reads ?? []).map(places)) {
      for (let place = from; place < to; place += 1) needs.result(this.instructions, this.writers[place]);
    }
    for (const { from, to, isParameter } of (effects.writes ?? []).map(places)) {
      for (let place = from; place < to; place += 1) {
        const writer = this.writers[place];
        let isRead = false;
        for (const [reader, readers] of this.readers.entries()) {
          if (readers[place] < writer || readers[place] === NONE) continue;
          isRead = true;
          if (QUEUES[reader] === queue) continue;
          if (isParameter) needs.result(this.instructions, readers[place]);
          else needs.inputsRead(reader, readers[place]);
        }
        // Whoever read a place is behind its writer; within a queue writes are in order.
        if (!isRead && writer !== NONE && this.instructions[writer].queue !== queue) {
          needs.result(this.instructions, writer);
        }
      }
    }
    for (const index of effects.after ?? []) needs.result(this.instructions, index);
    if (queue === 'load' || queue === 'store') needs.forget(queue);
    return needs;
  }

  /** Loads get tokens of the array and the vector unit when inputs are read; behind results they come through the store queue. */
  private relayResults(needs: Needs): void {
    const results = needs.takeResults();
    if (results.length === 0) return;
    needs.result(this.instructions, this.emit('store', SYNC, {}, { after: results }, FREE));
  }

  private order(giver: number, needed: number, queue: Queue, index: number): void {
    const taker = QUEUES.indexOf(queue);
    if (needed === NONE || this.known[giver][taker] >= needed) return;
    const takers = this.takers[giver][taker];
    // Where too many tokens would be open, the giver's newest instruction stands for all before it.
    const open = takers.length - firstAbove(takers, needed);
    const instruction = open < MOST_OPEN_TOKENS ? needed : this.latest[giver];
    this.known[giver][taker] = instruction;
    takers.push(index);
    const isEarly = queue === 'load' && (QUEUES[giver] === 'convolution' || QUEUES[giver] === 'vector');
    addTokens(this.instructions[instruction].words, isEarly ? { early: 1 << taker } : { post: 1 << taker });
    addTokens(this.instructions[index].words, { take: 1 << giver });
  }

  private record(queue: Queue, effects: Effects, index: number): void {
    const reader = this.readers[QUEUES.indexOf(queue)];
    for (const { from, to } of (effects.reads ?? []).map(places)) reader.fill(index, from, to);
    for (const { from, to } of (effects.writes ?? []).map(places)) this.writers.fill(index, from, to);
  }
}

/** Position of the first number of an ascending list that is above `limit`. */
function firstAbove(list: readonly number[], limit: number): number {
  let position = list.length;
  while (position > 0 && list[position - 1] > limit) position -= 1;
  return position;
}

/** Instructions that another has to wait for, by queue. */
class Needs {
  private readonly last = QUEUES.map(() => NONE);
  private readonly lastResult = QUEUES.map(() => NONE);

  /** Complete, with all it writes. */
  result(instructions: readonly Instruction[], index: number): void {
    if (index === NONE) return;
    const giver = QUEUES.findIndex((name) => name === instructions[index].queue);
    if (giver >= 0) this.lastResult[giver] = Math.max(this.lastResult[giver], index);
  }

  inputsRead(giver: number, index: number): void {
    this.last[giver] = Math.max(this.last[giver], index);
  }

  /** A queue that works strictly in order needs no tokens of its own. */
  forget(queue: Queue): void {
    const giver = QUEUES.indexOf(queue);
    this.last[giver] = NONE;
    this.lastResult[giver] = NONE;
  }

  /** Those of the array and the vector unit that must be complete; they are taken off the list. */
  takeResults(): readonly number[] {
    const results: number[] = [];
    for (const queue of ['convolution', 'vector'] as const) {
      const giver = QUEUES.indexOf(queue);
      if (this.lastResult[giver] !== NONE) results.push(this.lastResult[giver]);
      this.lastResult[giver] = NONE;
    }
    return results;
  }

  entries(): readonly (readonly [number, number])[] {
    return QUEUES.map((_, giver) => [giver, Math.max(this.last[giver], this.lastResult[giver])] as const);
  }
}

function places(span: Span): { readonly from: number; readonly to: number; readonly isParameter: boolean } {
  if (span.from < 0 || span.to > CAPACITY[span.memory] || span.from >= span.to) {
    throw new RangeError(`${span.memory} ${span.from} to ${span.to} are outside the buffer`);
  }
  const start = START[span.memory];
  return { from: start + span.from, to: start + span.to, isParameter: span.memory === 'parameters' };
}
