import { build } from './build.ts';
import { caffe } from './caffe.ts';
import { calibration } from './calibration.ts';
import { deploy } from './deploy.ts';
import { images } from './images.ts';
import { network } from './network.ts';
import { notes } from './notes.ts';
import { project } from './project.ts';
import type { Sentences } from './sentence.ts';

/** By what of core says them. */
export const sentences: Sentences = [
  ...notes,
  ...caffe,
  ...network,
  ...images,
  ...calibration,
  ...build,
  ...deploy,
  ...project,
];
