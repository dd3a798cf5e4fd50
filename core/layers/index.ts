import { absval } from './absval.ts';
import { argmax } from './argmax.ts';
import { batchNorm } from './batch-norm.ts';
import { bias } from './bias.ts';
import { bnll } from './bnll.ts';
import { clip } from './clip.ts';
import { concat } from './concat.ts';
import { convolution, depthwiseConvolution } from './convolution.ts';
import { crop } from './crop.ts';
import { deconvolution } from './deconvolution.ts';
import { detectionOutput } from './detection-output.ts';
import { dropout } from './dropout.ts';
import { eltwise } from './eltwise.ts';
import { elu } from './elu.ts';
import { exp } from './exp.ts';
import { flatten } from './flatten.ts';
import { innerProduct } from './inner-product.ts';
import { interp } from './interp.ts';
import type { LayerKind } from './kind.ts';
import { log } from './log.ts';
import { lrn } from './lrn.ts';
import { mvn } from './mvn.ts';
import { normalize } from './normalize.ts';
import { permute } from './permute.ts';
import { pooling } from './pooling.ts';
import { power } from './power.ts';
import { prelu } from './prelu.ts';
import { priorBox } from './prior-box.ts';
import { reduction } from './reduction.ts';
import { relu } from './relu.ts';
import { relu6 } from './relu6.ts';
import { reshape } from './reshape.ts';
import { scale } from './scale.ts';
import { shuffleChannel } from './shuffle-channel.ts';
import { sigmoid } from './sigmoid.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { split } from './split.ts';
import { swish } from './swish.ts';
import { tanh } from './tanh.ts';
import { threshold } from './threshold.ts';
import { tile } from './tile.ts';
import { upsample } from './upsample.ts';

/** Every kind of layer that computes something. Input, data and loss layers are handled by core/network. */
export const layerKinds: readonly LayerKind[] = [
  absval,
  argmax,
  batchNorm,
  bias,
  bnll,
  clip,
  concat,
  convolution,
  crop,
  deconvolution,
  depthwiseConvolution,
  detectionOutput,
  dropout,
  eltwise,
  elu,
  exp,
  flatten,
  innerProduct,
  interp,
  log,
  lrn,
  mvn,
  normalize,
  permute,
  pooling,
  power,
  prelu,
  priorBox,
  reduction,
  relu,
  relu6,
  reshape,
  scale,
  shuffleChannel,
  sigmoid,
  slice,
  softmax,
  split,
  swish,
  tanh,
  threshold,
  tile,
  upsample,
];

const byType = new Map(layerKinds.flatMap((kind) => kind.types.map((type) => [type, kind] as const)));

export function layerKind(type: string): LayerKind | undefined {
  return byType.get(type);
}

/** All types with a kind, for suggestions. */
export function layerTypes(): Iterable<string> {
  return byType.keys();
}
