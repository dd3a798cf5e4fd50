import { bestGuesses, type Guess } from '../../core/evidence/sureness.ts';
import type { Labels } from './labels.ts';

/** A class with its name, for the window. */
export interface Answer {
  readonly index: number;
  readonly label: string | null;
  readonly value: number;
}

export function answerOf({ class: index, probability }: Guess, labels: Labels): Answer {
  return { index, label: labels.nameOf(index), value: probability };
}

/** The five likeliest classes, the likeliest first. */
export function topFive(probabilities: Float64Array, labels: Labels): Answer[] {
  return bestGuesses(probabilities, 5).map((guess) => answerOf(guess, labels));
}
