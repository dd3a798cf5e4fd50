import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calibrate } from '../../core/calibration/calibrate.ts';
import { foldTable } from '../../core/calibration/fold-table.ts';
import { calibrationTarget } from '../../core/calibration/network-target.ts';
import type { ScaleTable } from '../../core/calibration/table.ts';
import { encodeNpy } from '../../core/common/npy.ts';
import type { Shape } from '../../core/common/tensor.ts';
import { optimise } from '../../core/graph/passes.ts';
import type { Graph } from '../../core/graph/graph.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { lowerNetwork } from '../../core/network/lower.ts';
import type { Network } from '../../core/network/network.ts';
import { testData } from './paths.ts';
import { inputOf, picturesOf, type RealModel } from './real-models.ts';

/** A real model, calibrated on a handful of its own kind of pictures. */
export interface CalibratedModel {
  readonly network: Network;
  readonly graph: Graph;
  /** For the folded weights. */
  readonly table: ScaleTable;
  /** Of the input, for one picture. */
  readonly shape: Shape;
}

export function loadModel(name: string): Promise<Network> {
  const folder = join(testData, 'models', name);
  return loadNetwork({ proto: join(folder, 'deploy.prototxt'), model: join(folder, 'weights.caffemodel') });
}

/** Pictures to calibrate on; few of large ones, which take long. */
function pictureCount({ preprocessing: { crop } }: RealModel): number {
  return crop.width * crop.height > 100_000 ? 6 : 24;
}

/** @param folder for the prepared inputs */
export async function calibratedModel(model: RealModel, folder: string): Promise<CalibratedModel> {
  const network = await loadModel(model.name);
  const shape = [1, ...network.inputs[0].shape.slice(1)];
  const pictures = await picturesOf(model, pictureCount(model));
  const inputs = await Promise.all(
    pictures.map(async (picture, index) => {
      const path = join(folder, `${model.name}-${index}.npy`);
      await writeFile(path, encodeNpy(await inputOf(model, picture, shape)));
      return path;
    }),
  );
  const { table } = await calibrate({ network, inputs, format: 'ncnn' });
  return {
    network,
    graph: optimise(lowerNetwork(network)),
    table: foldTable(table, calibrationTarget(network)),
    shape,
  };
}
