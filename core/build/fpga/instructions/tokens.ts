import { getBits, setBits } from './codec.ts';

/** Queues that exchange tokens, in the order of the bits of token fields; weights have none. */
export const QUEUES = ['load', 'convolution', 'vector', 'store'] as const;
export type Queue = (typeof QUEUES)[number];

/** Bit masks over QUEUES. */
export interface Tokens {
  readonly take: number;
  readonly post: number;
  readonly early: number;
}

const TOKEN_WIDTH = 4;
const LOW = { take: 4, post: 8, early: 12 } as const;

/** Adds tokens to those that an instruction has. */
export function addTokens(words: Uint32Array, tokens: Partial<Tokens>): void {
  for (const kind of ['take', 'post', 'early'] as const) {
    setBits(words, LOW[kind], TOKEN_WIDTH, tokens[kind] ?? 0);
  }
}

export function tokensOf(words: Uint32Array): Tokens {
  return {
    take: getBits(words, LOW.take, TOKEN_WIDTH),
    post: getBits(words, LOW.post, TOKEN_WIDTH),
    early: getBits(words, LOW.early, TOKEN_WIDTH),
  };
}
