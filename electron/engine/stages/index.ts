import type { Stages } from '../stage-context.ts';
import { accuracy } from './accuracy.ts';
import { build } from './build.ts';
import { calibrate } from './calibrate.ts';
import { evidence } from './evidence.ts';
import { load } from './load.ts';
import { probe } from './probe.ts';
import { run } from './run.ts';
import { tune } from './tune.ts';

/** The work of each stage. */
export const stages: Stages = { load, evidence, calibrate, accuracy, tune, build, probe, run };
