import { boardGraph } from '../../../core/calibration/board-graph.ts';
import { readTuning } from '../../../core/calibration/tuning/tuning.ts';
import { ProgressMeter } from '../../../core/common/progress.ts';
import { isTensorFile } from '../../../core/images/list-images.ts';
import { normalise } from '../../../core/images/normalise.ts';
import { decodeToPixels } from '../../../core/images/pixels.ts';
import { createForwardSession } from '../../../core/inference/onnx-session.ts';
import { onlyInput } from '../../../core/network/only-input.ts';
import { quantiseBlob } from '../../../core/quantization/execute/convert.ts';
import { execute } from '../../../core/quantization/execute/execute.ts';
import { quantizeNetwork } from '../../../core/quantization/quantize.ts';
import type { QuantizedNetwork } from '../../../core/quantization/quantized-network.ts';
import type { AccuracyView } from '../../shared/schemas/results.ts';
import { BlobErrors, comparableBlobs } from '../blob-errors.ts';
import { classScores, probabilities } from '../classify.ts';
import type { ProjectSession } from '../project-session.ts';
import { undecided } from '../project-session.ts';
import type { Stage } from '../stage-context.ts';
import { Tally } from '../tally.ts';

/** Where nothing else is said: what takes some minutes for a network of a billion operations. */
const USUAL_PICTURES = 50;

/** Runs the network in fp32 and as int8 on the same pictures, on this computer, and counts where they part. */
export const accuracy: Stage = async ({ session, signal, onProgress, warn }): Promise<AccuracyView> => {
  const all = await session.images();
  const images = all.slice(0, session.project.decisions.accuracy.pictures ?? USUAL_PICTURES);
  if (images.length === 0) throw undecided('pictures', 'images');
  if (images.some(isTensorFile)) throw undecided('pictures (accuracy is not measured on tensors)', 'images');
  const preprocessing = await session.preprocessingValue(images);
  if (preprocessing === undefined) throw undecided('pictures', 'images');
  const network = await session.network();
  const input = onlyInput(network);
  const shape = [1, ...input.shape.slice(1)];
  const { quantized, divisors } = await quantize(session);
  const blobs = comparableBlobs(network, quantized);
  const forward = await createForwardSession(network, {
    inputShapes: new Map([[input.name, shape]]),
    outputs: [...new Set([...network.outputs, ...blobs.keys()])],
  });
  const tally = new Tally(await session.labels());
  const errors = new BlobErrors(quantized, blobs, divisors);
  const meter = new ProgressMeter('comparing int8 with fp32', images.length, 'pictures', onProgress);
  try {
    for (const [index, path] of images.entries()) {
      const data = normalise(await decodeToPixels(path, preprocessing, signal), preprocessing);
      const values = await forward.run(new Map([[input.name, { shape, data }]]));
      const [first] = quantized.inputs.map((tensor) => quantized.tensors[tensor]);
      const blob = first.type === 'int8' ? quantiseBlob(data, first.scale) : data;
      const [answer] = await execute(quantized, [blob], {
        signal,
        onBlob: (tensor, blobData) => {
          errors.add(tensor, blobData, values);
        },
      });
      const outputs = new Map(
        network.outputs.map((name) => [name, values.get(name) ?? { shape: [], data: new Float32Array() }]),
      );
      const scores = classScores(outputs);
      if (scores !== undefined) tally.add({ index, path }, probabilities(scores), probabilities(answer));
      meter.report(index + 1, path);
    }
  } finally {
    await forward.close();
  }
  if (tally.pictures === 0) warn('The network is no classifier: only the error of each layer is told.');
  return { ...tally.result(), pictures: images.length, layers: errors.result(), advice: errors.advice() };
};

/** The int8 network with the scales in use, and what equalisation divided the channels of its blobs by. */
async function quantize(session: ProjectSession): Promise<{
  readonly quantized: QuantizedNetwork;
  readonly divisors: ReadonlyMap<string, readonly number[]>;
}> {
  const { file, format } = await session.scales();
  const { graph, table } = await boardGraph(await session.network(), file, format);
  const tuning = await readTuning(file);
  const divisors = new Map<string, readonly number[]>();
  for (const operation of graph.operations) {
    const divide = operation.kind === 'convolution' ? tuning?.get(operation.layer)?.divide : undefined;
    const blob = graph.values.get(operation.output)?.blob;
    if (divide !== undefined && blob !== undefined) divisors.set(blob, divide);
  }
  const kept = new Set(session.project.decisions.accuracy.keepInFloat);
  return { quantized: quantizeNetwork(graph, table, 'int8', kept).network, divisors };
}
