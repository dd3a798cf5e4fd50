import { join } from 'node:path';
import type { FileHasher } from './fingerprint.ts';
import { hashOf } from './fingerprint.ts';
import { BEST_TABLE, TABLE_FOLDER } from './layout.ts';
import type { Project } from './project.ts';
import type { ResultName } from './steps.ts';

/** What a result rests on: a hash by the step (or other cause) that it comes from. */
export type Inputs = Readonly<Record<string, string>>;

/**
 * What each result would rest on now. Comparing that with what a stored result says tells whether it is out of
 * date, and because of which step; nothing of the kind is ever stored as a state.
 */
export async function currentInputs(
  project: Project,
  hasher: FileHasher,
): Promise<Readonly<Record<ResultName, Inputs>>> {
  const { model, images, calibrate, accuracy, target, board, run } = project.decisions;
  const file = (path: string | null): Promise<string> => hasher.hashFile(path === null ? null : project.pathOf(path));
  const modelHash = hashOf([await file(model.proto), await file(model.weights)]);
  const source = images.source === null ? null : project.pathOf(images.source);
  const { meanFile, ...preprocessing } = images.preprocessing;
  const preprocessingHash = hashOf([preprocessing, await file(meanFile)]);
  const imagesHash = hashOf([await hasher.hashFolder(source), preprocessingHash]);
  const labelsHash = await file(images.labels);
  // Threads and devices change no result.
  const { format, method, group, table } = calibrate;
  const calibrateHash = table === null ? hashOf([format, method, group]) : await file(table);
  const { keepInFloat, pictures } = accuracy;
  const best = join(project.folder, TABLE_FOLDER, BEST_TABLE);

  const ownScales = table === null ? { images: imagesHash, calibrate: calibrateHash } : { calibrate: calibrateHash };
  const scales = accuracy.scales === 'best' ? { images: imagesHash, tuning: await file(best) } : ownScales;
  const numbers = target.precision === 'int8' ? { ...scales, accuracy: hashOf(keepInFloat) } : {};
  const targetHash = hashOf([target.backend, target.precision, await file(target.golden)]);
  const build = {
    model: modelHash,
    ...numbers,
    preprocessing: preprocessingHash,
    classNames: await file(images.classNames),
    target: targetHash,
  };
  const usesBitstream = target.backend === 'fpga' && target.bitstream !== null;
  const loaded = usesBitstream ? { ...build, bitstream: await file(target.bitstream) } : build;
  const boardHash = hashOf([board.address]);
  return {
    model: { model: modelHash },
    images: { model: modelHash, images: imagesHash, labels: labelsHash },
    calibrate: { model: modelHash, ...ownScales },
    accuracy: {
      model: modelHash,
      ...scales,
      images: imagesHash,
      labels: labelsHash,
      accuracy: hashOf([pictures, keepInFloat]),
    },
    tuning: { model: modelHash, images: imagesHash },
    target: build,
    board: { board: boardHash },
    run: { target: hashOf(loaded), board: boardHash, run: hashOf([run, await file(run.picture)]) },
  };
}

/** The causes whose hash differs. */
export function changedInputs(stored: Inputs, current: Inputs): readonly string[] {
  return Object.keys({ ...stored, ...current }).filter((cause) => stored[cause] !== current[cause]);
}
