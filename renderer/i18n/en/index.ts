import { accuracy } from './accuracy.ts';
import { advice } from './advice.ts';
import { board } from './board.ts';
import { calibrate } from './calibrate.ts';
import { codes } from './codes.ts';
import { common } from './common.ts';
import { errors } from './errors.ts';
import { images } from './images.ts';
import { model } from './model.ts';
import { run } from './run.ts';
import { target } from './target.ts';

/** Every text of the window in English, which also lays down what other languages have to translate. */
export const english = {
  ...common,
  ...errors,
  ...advice,
  ...codes,
  ...model,
  ...images,
  ...calibrate,
  ...accuracy,
  ...target,
  ...board,
  ...run,
} as const;
