import { forEachWeightOf } from '../calibration/tuning/apply.ts';
import type { ChannelFactors } from '../calibration/tuning/apply.ts';
import type { ConvolutionOperation, Graph, Operation, ValueId } from '../graph/graph.ts';

/** The largest ratio between two factors of a value: beyond it, a channel is as good as dead. */
const widest = 1e4;

/**
 * Factors for cross-layer equalisation: Nagel, van Baalen, Blankevoort and Welling, "Data-free quantization through weight
 * equalization and bias correction" (arXiv:1906.04721, section 4.1). A convolution's channel divided by s, where a ReLU or a
 * leaky ReLU follows, gives the same network when every reader's weights for that channel are multiplied by s.
 *
 * Here weights have a scale per output channel, so only the blob between the two gains, and only readers that mix
 * channels lose: a depthwise reader takes s = r, the channel's own best threshold, for nothing; for others s = r^a / w^(1 - a),
 * w being the largest weight that reads the channel and a the share of the difficulty that moves to the weights (Xiao et al.,
 * "SmoothQuant", arXiv:2211.10438, equation 4).
 *
 * @param thresholds of every value's channels
 */
export function equalisationFactors(
  graph: Graph,
  thresholds: ReadonlyMap<ValueId, Float64Array>,
  share: number,
): ChannelFactors {
  const factors = new Map<ValueId, Float64Array>();
  for (const producer of graph.operations) {
    if (!isScalable(producer) || graph.outputs.includes(producer.output)) continue;
    const readers = graph.operations.filter(({ inputs }) => inputs.includes(producer.output));
    const reach = thresholds.get(producer.output);
    if (reach === undefined || readers.length === 0 || !readers.every(isConvolution)) continue;
    factors.set(producer.output, factorsFor(reach, readers, share));
  }
  return factors;
}

function isConvolution(operation: Operation): operation is ConvolutionOperation {
  return operation.kind === 'convolution';
}

/** Scaling a channel before its activation is scaling it after. */
function isScalable(operation: Operation): operation is ConvolutionOperation {
  return operation.kind === 'convolution' && operation.activation.kind !== 'relu6';
}

function factorsFor(reach: Float64Array, readers: readonly ConvolutionOperation[], share: number): Float64Array {
  const mixing = readers.filter((reader) => !isDepthwise(reader));
  const most = reach.reduce((a, b) => Math.max(a, b), 0);
  if (most === 0) return new Float64Array(reach.length).fill(1);
  const factors = reach.map((value, channel) => {
    const reached = Math.max(value, most / widest);
    if (mixing.length === 0) return reached;
    const weight = Math.max(...mixing.map((reader) => largestReader(reader, channel)));
    return weight === 0 ? reached : reached ** share / weight ** (1 - share);
  });
  const mean = Math.exp(factors.reduce((sum, value) => sum + Math.log(value), 0) / factors.length);
  const limit = Math.sqrt(widest);
  return factors.map((value) => Math.min(limit, Math.max(1 / limit, value / mean)));
}

function isDepthwise({ group, outputChannels, weights, kernel }: ConvolutionOperation): boolean {
  return group > 1 && weights.length === outputChannels * kernel.height * kernel.width;
}

function largestReader(reader: ConvolutionOperation, channel: number): number {
  let largest = 0;
  forEachWeightOf(reader, channel, (index) => {
    largest = Math.max(largest, Math.abs(reader.weights[index]));
  });
  return largest;
}
