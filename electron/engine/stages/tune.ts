import { availableParallelism } from 'node:os';
import { writeTunedTable } from '../../../core/calibration/tuning/tuning.ts';
import { localPackageRunner } from '../../../core/deploy/agent/package-runner.ts';
import { withInputShapes } from '../../../core/network/infer.ts';
import { tune as tuneNetwork } from '../../../core/tuning/tune.ts';
import type { TuningView } from '../../shared/schemas/results.ts';
import { undecided } from '../project-session.ts';
import type { Stage } from '../stage-context.ts';

/** Searches for the most accurate int8 network; where something was won, its scales are used from then on. */
export const tune: Stage = async ({ session, signal, onProgress, log, warn }): Promise<TuningView> => {
  const network = await session.network();
  const images = await session.images();
  if (images.length === 0) throw undecided('pictures', 'images');
  const shapes = network.inputs.map(({ name, shape }) => [name, [1, ...shape.slice(1)]] as const);
  const { table, tuning, steps, keptFloat, skipped, notes } = await tuneNetwork({
    network: withInputShapes(network, new Map(shapes)),
    inputs: images,
    preprocessing: await session.preprocessingValue(images),
    floatShare: session.project.decisions.accuracy.floatLayers === 'none' ? 0 : undefined,
    runner: await localPackageRunner(session.agentFor, availableParallelism(), signal),
    signal,
    onProgress,
    onStep: log,
  });
  skipped.forEach(({ path, reason }) => {
    log(`${path}: ${reason}`);
  });
  notes.forEach(warn);
  signal.throwIfAborted();
  await writeTunedTable(session.bestTableFile, table, tuning);
  const won = steps.filter(({ kept }) => kept).length > 1;
  await session.project.decide({ step: 'accuracy', change: { scales: won ? 'best' : 'calibrated' } });
  return {
    won,
    steps: [...steps],
    keptFloat: [...keptFloat],
  };
};
