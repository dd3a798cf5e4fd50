import { buildNeonPackage } from '../build/neon/build.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import type { LongCall } from '../common/progress.ts';
import type { ScaleTable } from '../calibration/table.ts';
import type { Graph } from '../graph/graph.ts';
import { executedOutputs, packageOutputs, type Int8Outputs, type PackageRunner } from './int8-outputs.ts';

/** The int8 network and how it is run. */
export interface Int8Network extends LongCall {
  /** Optimised, with the weights that `table` is for. */
  readonly graph: Graph;
  readonly table: ScaleTable;
  /** Layers that run in float all the same. */
  readonly keepFloat?: ReadonlySet<string> | undefined;
  /** Runs packages; in TypeScript where absent. */
  readonly runner?: PackageRunner | undefined;
}

/** The int8 network, ready to run: as a package where there is a runner of packages. */
export async function encodeForEvaluation(request: Int8Network): Promise<Int8Outputs> {
  const { graph, table, keepFloat, runner, signal, onProgress } = request;
  if (runner === undefined) return executedOutputs(quantizeNetwork(graph, table, 'int8', keepFloat).network, signal);
  const { bytes } = await buildNeonPackage({
    graph,
    table,
    precision: 'int8',
    keepFloat,
    modelSha256: '',
    signal,
    onProgress,
  });
  return packageOutputs(bytes, graph.outputs.length, runner);
}
