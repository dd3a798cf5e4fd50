import { describeNet } from '../../core/caffe/net.ts';
import type { Shape } from '../../core/common/tensor.ts';
import { networkOf } from '../../core/network/load.ts';
import type { Network } from '../../core/network/network.ts';
import { withRandomWeights } from '../../core/network/random-weights.ts';

/** One kind of layer with the parameters that change what it computes. */
export interface LayerCase {
  readonly name: string;
  /** Of the one or two inputs. */
  readonly shapes: readonly Shape[];
  readonly type: string;
  /** Parameter message as prototxt. */
  readonly parameters?: string;
  readonly tops?: number;
}

const image: Shape = [2, 6, 5, 7];

const unary = (type: string, parameters = ''): LayerCase => ({
  name: `${type} ${parameters}`,
  shapes: [image],
  type,
  parameters,
});

const cases: readonly LayerCase[] = [
  unary('AbsVal'),
  unary('ELU', 'elu_param { alpha: 0.7 }'),
  unary('Sigmoid'),
  unary('TanH'),
  unary('BNLL'),
  unary('Threshold', 'threshold_param { threshold: 0.2 }'),
  unary('Swish', 'swish_param { beta: 1.5 }'),
  unary('Clip', 'clip_param { min: -0.25 max: 0.5 }'),
  unary('Exp', 'exp_param { base: 2 scale: 0.5 shift: 0.25 }'),
  unary('Exp'),
  unary('Log', 'log_param { base: 10 scale: 0.5 shift: 3 }'),
  unary('Power', 'power_param { power: 2 scale: 0.5 shift: -0.1 }'),
  unary('Power', 'power_param { power: -1 scale: 0.5 shift: 3 }'),
  unary('Power', 'power_param { power: 0.5 scale: 1 shift: 2 }'),
  unary('Power', 'power_param { power: 0.75 scale: 1 shift: 2 }'),
  unary('Power', 'power_param { power: 1.3 scale: 1 shift: 2 }'),
  unary('LRN', 'lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 k: 2 }'),
  unary('LRN', 'lrn_param { local_size: 5 alpha: 0.5 beta: 0.6 }'),
  unary('LRN', 'lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 norm_region: WITHIN_CHANNEL }'),
  unary('Normalize', 'norm_param { across_spatial: false channel_shared: false }'),
  unary('Normalize', 'norm_param { across_spatial: true channel_shared: true }'),
  unary('Reduction', 'reduction_param { axis: 1 operation: SUM coeff: 0.5 }'),
  unary('Reduction', 'reduction_param { axis: 2 operation: MEAN }'),
  unary('Reduction', 'reduction_param { axis: 2 operation: ASUM }'),
  unary('Reduction', 'reduction_param { operation: SUMSQ }'),
  unary('MVN'),
  unary('MVN', 'mvn_param { across_channels: true normalize_variance: false }'),
  unary('Permute', 'permute_param { order: 0 order: 2 order: 3 order: 1 }'),
  unary('Permute', 'permute_param { order: 0 order: 3 }'),
  unary('Tile', 'tile_param { axis: 1 tiles: 3 }'),
  unary('Tile', 'tile_param { axis: 3 tiles: 2 }'),
  unary('ShuffleChannel', 'shuffle_channel_param { group: 3 }'),
  unary('Upsample', 'upsample_param { scale: 2 }'),
  unary('Interp', 'interp_param { height: 9 width: 4 }'),
  unary('Interp', 'interp_param { zoom_factor: 2 pad_beg: -1 pad_end: -1 }'),
  unary('ArgMax', 'argmax_param { axis: 1 }'),
  unary('ArgMax', 'argmax_param { top_k: 4 out_max_val: true }'),
  unary('ArgMax', 'argmax_param { top_k: 2 }'),
  unary('Softmax', 'softmax_param { axis: 2 }'),
  unary('Scale', 'scale_param { axis: 2 num_axes: 2 bias_term: true }'),
  unary('Scale', 'scale_param { axis: 1 num_axes: -1 }'),
  unary('Bias', 'bias_param { axis: 3 }'),
  unary('Deconvolution', 'convolution_param { num_output: 4 kernel_size: 4 stride: 2 pad: 1 group: 2 }'),
  unary(
    'Deconvolution',
    'convolution_param { num_output: 3 kernel_h: 3 kernel_w: 2 stride_h: 3 stride_w: 1 dilation: 2 }',
  ),
  unary(
    'Deconvolution',
    'convolution_param { num_output: 6 kernel_size: 2 stride: 2 group: 6 bias_term: false pad: 2 }',
  ),
  { ...unary('Slice', 'slice_param { slice_point: 1 slice_point: 4 }'), tops: 3 },
  { ...unary('Slice', 'slice_param { axis: 2 slice_point: 2 }'), tops: 2 },
  { name: 'Crop', shapes: [image, [2, 6, 3, 4]], type: 'Crop', parameters: 'crop_param { offset: 1 offset: 2 }' },
  { name: 'Eltwise product', shapes: [image, image], type: 'Eltwise', parameters: 'eltwise_param { operation: PROD }' },
  { name: 'Eltwise maximum', shapes: [image, image], type: 'Eltwise', parameters: 'eltwise_param { operation: MAX }' },
  {
    name: 'Scale of two bottoms',
    shapes: [image, [2, 6]],
    type: 'Scale',
    parameters: 'scale_param { axis: 0 bias_term: true }',
  },
  { name: 'Bias of two bottoms', shapes: [image, [6, 5]], type: 'Bias', parameters: 'bias_param { axis: 1 }' },
  {
    name: 'PriorBox',
    shapes: [
      [1, 4, 3, 5],
      [1, 3, 60, 90],
    ],
    type: 'PriorBox',
    parameters: 'prior_box_param { min_size: 20 max_size: 40 aspect_ratio: 2 variance: [0.1, 0.1, 0.2, 0.2] }',
  },
];

export const layerCases: readonly (LayerCase & { readonly network: () => Network })[] = cases.map((layer) => ({
  ...layer,
  network: () => {
    const names = layer.shapes.map((_, index) => `data${index}`);
    const inputs = layer.shapes.map(
      (shape, index) => `input: "data${index}" input_shape { dim: [${shape.join(', ')}] }`,
    );
    const bottoms = names.map((name) => `bottom: "${name}"`).join(' ');
    const tops = Array.from({ length: layer.tops ?? 1 }, (_, index) => `top: "top${index}"`).join(' ');
    const text = `${inputs.join('\n')}
      layer { name: "layer" type: "${layer.type}" ${bottoms} ${tops} ${layer.parameters ?? ''} }`;
    return withRandomWeights(networkOf(describeNet(text, 'case.prototxt'), { batch: 'file' }));
  },
}));
