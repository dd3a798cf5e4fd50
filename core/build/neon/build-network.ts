import { boardGraph } from '../../quantization/board-graph.ts';
import type { TableFormat } from '../../calibration/table.ts';
import { sha256OfFiles } from '../../common/sha256.ts';
import { foldAffineForward } from '../../graph/fold-affine-forward.ts';
import { optimise } from '../../graph/passes.ts';
import { lowerNetwork } from '../../network/lower.ts';
import type { Network } from '../../network/network.ts';
import { buildNeonPackage, type BuiltPackage, type NeonBuild } from './build.ts';

export interface NetworkBuild extends Omit<NeonBuild, 'graph' | 'table' | 'modelSha256' | 'tableSha256'> {
  /** Loaded from files, with its weights. */
  readonly network: Network;
  /** The scale table's file; needed for int8. */
  readonly tableFile?: string | undefined;
  /** Guessed from the table's keys where absent. */
  readonly tableFormat?: TableFormat | undefined;
}

/**
 * Builds the package of a loaded network: lowers and optimises it, brings the table to the folded weights (or the weights to a tuned table), and records
 * which files it was made of. Nothing is written. Throws what readTable, lowerNetwork and buildNeonPackage throw.
 */
export async function buildNeonFromNetwork(build: NetworkBuild): Promise<BuiltPackage> {
  const { network, tableFile, tableFormat, ...rest } = build;
  // A tuned table's weights are for int8 alone.
  const isInt8 = tableFile !== undefined && rest.precision === 'int8';
  const board = isInt8 ? await boardGraph(network, tableFile, tableFormat, rest.keepFloat) : undefined;
  const { file, modelFile } = network;
  return buildNeonPackage({
    ...rest,
    graph: board?.graph ?? optimise(lowerNetwork(network), [foldAffineForward]),
    table: board?.table,
    modelSha256: await sha256OfFiles(modelFile === undefined ? [file] : [file, modelFile]),
    tableSha256: tableFile === undefined ? undefined : await sha256OfFiles([tableFile]),
  });
}
