import { QUEUES, tokensOf } from './instructions/tokens.ts';
import { memoryBytesPerCycle, type AcceleratorTarget } from './parts.ts';
import type { Cost, Instruction } from './program-builder.ts';
import { MOST_BLOCKS } from './read-blocks.ts';
import { SharedRate } from './shared-rate.ts';

/** From a read's address to its first data, in cycles: what boards are taken to have. */
const MEMORY_LATENCY = 40;
/** From a tile's last group to its first sum at the requantisation, and from there to the buffer. */
const DRAIN_START = 13;
const DRAIN_END = 12;
/** Instructions that a queue holds ahead of its unit. */
const QUEUE_DEPTH = 16;
const SET_BYTES = 128;

export interface LayerEstimate {
  /** Position in the network's operations. */
  readonly operation: number;
  /** When the layer's last result is there, from the start of the program. */
  readonly end: number;
  /** Over all memory ports. */
  readonly bytes: number;
}

export interface ProgramEstimate {
  readonly cycles: number;
  readonly bytes: number;
  readonly layers: readonly LayerEstimate[];
}

/**
 * Estimates a program before anything runs: walks it once (what an instruction waits for stands before it) with the queues' tokens, the
 * units' cycles, and one memory that serves all ports at the target's bandwidth.
 */
export function estimateProgram(instructions: readonly Instruction[], target: AcceleratorTarget): ProgramEstimate {
  const walk = new Walk(memoryBytesPerCycle(target), target.part.weightSets * SET_BYTES);
  for (const instruction of instructions) walk.step(instruction);
  return walk.result();
}

interface Done {
  readonly inputsRead: number;
  readonly complete: number;
}

/** Weights on their way to the array: when they are there, and when the last tile has used them. */
interface Weights {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
  used: number;
}

class Walk {
  private readonly memory: SharedRate;
  private readonly requantisation = new SharedRate(1);
  private readonly blocks = Array.from({ length: MOST_BLOCKS }, () => new SharedRate(1));
  private readonly unitFree = new Map<string, number>();
  private readonly starts = new Map<string, number[]>();
  /** By giver and taker: when each token is given; takers take them in this order. */
  private readonly tokens = QUEUES.map(() => QUEUES.map((): number[] => []));
  private readonly taken = QUEUES.map(() => QUEUES.map(() => 0));
  private readonly ends = new Map<number, number>();
  private readonly bytes = new Map<number, number>();
  private readonly weights: Weights[] = [];
  private instructions = 0;
  private fetched = 0;
  private drainFree = 0;
  private finish = 0;

  constructor(
    bytesPerCycle: number,
    private readonly weightBuffer: number,
  ) {
    this.memory = new SharedRate(bytesPerCycle);
  }

  step(instruction: Instruction): void {
    const { queue, operation, cost } = instruction;
    this.instructions += 1;
    const starts = this.starts.get(queue) ?? [];
    this.starts.set(queue, starts);
    // Fetched in order, once its queue has room.
    this.fetched = Math.max(this.fetched + 1, starts[starts.length - QUEUE_DEPTH] ?? 0);
    const start = Math.max(this.fetched, this.unitFree.get(queue) ?? 0, this.takeTokens(instruction));
    starts.push(start);
    const done = this.perform(instruction, start);
    this.postTokens(instruction, done);
    this.bytes.set(operation, (this.bytes.get(operation) ?? 0) + cost.bytes);
    this.finish = Math.max(this.finish, done.complete);
    if (queue === 'convolution' || queue === 'vector') this.ends.set(operation, done.complete);
  }

  result(): ProgramEstimate {
    const layers = [...this.ends].map(([operation, end]) => ({
      operation,
      end: Math.round(end),
      bytes: this.bytes.get(operation) ?? 0,
    }));
    const bytes = [...this.bytes.values()].reduce((sum, each) => sum + each, 0) + this.instructions * 16;
    return { cycles: Math.round(this.finish), bytes, layers };
  }

  private perform(instruction: Instruction, start: number): Done {
    const { queue, cost } = instruction;
    if (queue === 'weights') return this.loadWeights(start, cost.cycles, cost.bytes);
    if (queue === 'convolution')
      return cost.results === undefined ? this.occupy(queue, start, 1) : this.convolve(start, cost, cost.results);
    if (queue === 'vector') return this.occupy(queue, start, this.vectorEnd(start, cost) - start);
    const end = this.memory.transfer(start, cost.bytes, cost.cycles);
    this.unitFree.set(queue, end);
    // The latency of loads hides behind the loads ahead of them.
    const complete = queue === 'load' ? Math.max(end, start + MEMORY_LATENCY + cost.cycles) : end;
    return { inputsRead: complete, complete };
  }

  private occupy(queue: string, start: number, cycles: number): Done {
    this.unitFree.set(queue, start + cycles);
    return { inputsRead: start + cycles, complete: start + cycles };
  }

  private loadWeights(start: number, cycles: number, bytes: number): Done {
    const first = Math.max(start, this.roomFor(SET_BYTES)) + MEMORY_LATENCY;
    const end = Math.max(this.memory.transfer(start, bytes, cycles), this.roomFor(Math.min(bytes, this.weightBuffer)));
    this.unitFree.set('weights', end);
    this.weights.push({ bytes, first, last: end, used: 0 });
    return { inputsRead: end, complete: end };
  }

  /** When so many bytes more fit the weight buffer behind all that is under way. */
  private roomFor(bytes: number): number {
    let held = bytes;
    for (let i = this.weights.length - 1; i >= 0; i -= 1) {
      held += this.weights[i].bytes;
      if (held > this.weightBuffer) return this.weights[i].used;
    }
    return 0;
  }

  /** The vector unit waits where the array reads its block, and where the requantisation is busy. */
  private vectorEnd(start: number, { cycles, results = 0, reads = [] }: Cost): number {
    const ends = reads.map((share, block) => this.blocks[block].transfer(start, share * cycles, cycles));
    return Math.max(start + cycles, this.requantisation.transfer(start, results, cycles), ...ends);
  }

  private convolve(start: number, { cycles, reads = [] }: Cost, drain: number): Done {
    const weights = this.weights[this.weights.length - 1];
    const begin = Math.max(start, weights.first);
    const end = Math.max(begin + cycles, weights.last + SET_BYTES / 8, this.drainFree);
    weights.used = end;
    this.unitFree.set('convolution', end);
    reads.forEach((share, block) => this.blocks[block].transfer(begin, share * (end - begin), end - begin));
    this.drainFree = this.requantisation.transfer(end + DRAIN_START, drain, drain);
    return { inputsRead: end, complete: this.drainFree + DRAIN_END };
  }

  private takeTokens({ queue, words }: Instruction): number {
    const taker = QUEUES.findIndex((name) => name === queue);
    const { take } = tokensOf(words);
    let ready = 0;
    QUEUES.forEach((_, giver) => {
      if (taker < 0 || ((take >>> giver) & 1) === 0) return;
      ready = Math.max(ready, this.tokens[giver][taker][this.taken[giver][taker]] ?? 0);
      this.taken[giver][taker] += 1;
    });
    return ready;
  }

  private postTokens({ queue, words }: Instruction, done: Done): void {
    const giver = QUEUES.findIndex((name) => name === queue);
    if (giver < 0) return;
    const { post, early } = tokensOf(words);
    QUEUES.forEach((_, taker) => {
      if (((early >>> taker) & 1) === 1) this.tokens[giver][taker].push(done.inputsRead);
      if (((post >>> taker) & 1) === 1) this.tokens[giver][taker].push(done.complete);
    });
  }
}
