import { buildNeonPackage } from '../build/neon/build.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import type { EvaluationRequest } from './evaluate.ts';
import { executedOutputs, packageOutputs, type Int8Outputs } from './int8-outputs.ts';

/** The int8 network, ready to run: as a package where there is a runner of packages. */
export async function encodeForEvaluation(request: EvaluationRequest): Promise<Int8Outputs> {
  const { graph, table, runner, signal } = request;
  if (runner === undefined) return executedOutputs(quantizeNetwork(graph, table, 'int8').network);
  const { bytes } = await buildNeonPackage({ graph, table, precision: 'int8', modelSha256: '', signal });
  return packageOutputs(bytes, graph.outputs.length, runner);
}
