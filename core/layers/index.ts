import { batchNorm } from './batch-norm.ts';
import { concat } from './concat.ts';
import { convolution, depthwiseConvolution } from './convolution.ts';
import { dropout } from './dropout.ts';
import { eltwise } from './eltwise.ts';
import { flatten } from './flatten.ts';
import { innerProduct } from './inner-product.ts';
import type { LayerKind } from './kind.ts';
import { lrn } from './lrn.ts';
import { pooling } from './pooling.ts';
import { prelu } from './prelu.ts';
import { relu } from './relu.ts';
import { relu6 } from './relu6.ts';
import { reshape } from './reshape.ts';
import { scale } from './scale.ts';
import { sigmoid } from './sigmoid.ts';
import { softmax } from './softmax.ts';
import { split } from './split.ts';
import { tanh } from './tanh.ts';

/** Every kind of layer that computes something. Input, data and loss layers are handled by core/network. */
export const layerKinds: readonly LayerKind[] = [
  batchNorm,
  concat,
  convolution,
  depthwiseConvolution,
  dropout,
  eltwise,
  flatten,
  innerProduct,
  lrn,
  pooling,
  prelu,
  relu,
  relu6,
  reshape,
  scale,
  sigmoid,
  softmax,
  split,
  tanh,
];

const byType = new Map(layerKinds.flatMap((kind) => kind.types.map((type) => [type, kind] as const)));

export function layerKind(type: string): LayerKind | undefined {
  return byType.get(type);
}

/** All types with a kind, for suggestions. */
export function layerTypes(): Iterable<string> {
  return byType.keys();
}
