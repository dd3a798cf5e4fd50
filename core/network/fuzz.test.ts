import { describe, expect, it } from 'vitest';
import { describeNet } from '../caffe/net.ts';
import { CortadoError } from '../common/errors.ts';
import { randomSource } from '../common/random.ts';
import { inspectNetwork } from './inspect.ts';
import { networkOf } from './load.ts';

/** Rounds of damage; CORTADO_FUZZ_ROUNDS makes it longer. */
const rounds = Number(process.env.CORTADO_FUZZ_ROUNDS ?? 6000);

const layer = (type: string, parameters: string, bottoms = 'bottom: "x"'): string =>
  `layer { name: "${type}" type: "${type}" ${bottoms} top: "${type}" ${parameters} }`;

/** One layer of most kinds, so that damage reaches their parameters. */
const seeds = [
  layer('Convolution', 'convolution_param { num_output: 4 kernel_size: 3 stride: 2 pad: 1 dilation: 1 group: 2 }'),
  layer('Deconvolution', 'convolution_param { num_output: 4 kernel_h: 3 kernel_w: 2 stride: 2 pad: 1 }'),
  layer('Pooling', 'pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 global_pooling: false }'),
  layer('InnerProduct', 'inner_product_param { num_output: 5 axis: 1 transpose: true }'),
  layer('Reshape', 'reshape_param { shape { dim: 0 dim: -1 dim: 4 } axis: 1 num_axes: 2 }'),
  layer('Flatten', 'flatten_param { axis: 1 end_axis: -1 }') + layer('Softmax', 'softmax_param { axis: 1 }'),
  layer('Slice', 'top: "b" slice_param { axis: 1 slice_point: 2 }') + layer('Tile', 'tile_param { axis: 1 tiles: 2 }'),
  layer('Crop', 'crop_param { axis: 2 offset: 0 offset: 0 }', 'bottom: "x" bottom: "x"'),
  layer('Concat', 'concat_param { axis: 1 }', 'bottom: "x" bottom: "x"') +
    layer('Permute', 'permute_param { order: 0 order: 2 }'),
  layer('Eltwise', 'eltwise_param { operation: SUM coeff: 1 coeff: -1 }', 'bottom: "x" bottom: "x"'),
  layer('Scale', 'scale_param { axis: 1 num_axes: 1 bias_term: true }') +
    layer('Bias', 'bias_param { axis: 1 num_axes: -1 }'),
  layer(
    'PriorBox',
    'prior_box_param { min_size: 3 max_size: 4 aspect_ratio: 2 flip: true variance: 0.1 step: 2 }',
    'bottom: "x" bottom: "x"',
  ),
  layer('Interp', 'interp_param { zoom_factor: 2 shrink_factor: 2 pad_beg: 0 pad_end: 0 }') +
    layer('Upsample', 'upsample_param { scale: 2 }'),
  layer('Reduction', 'reduction_param { operation: MEAN axis: 1 }') +
    layer('ArgMax', 'argmax_param { top_k: 2 axis: 1 }'),
  layer('Normalize', 'norm_param { across_spatial: false }') + layer('LRN', 'lrn_param { local_size: 3 alpha: 1e-4 }'),
  'layers { layer { name: "c" type: "conv" num_output: 2 kernelsize: 3 pad: 1 } bottom: "x" top: "c" }',
  'layers { name: "r" type: RELU bottom: "x" top: "x" relu_param { negative_slope: 0.1 } }',
  'layer { name: "d" type: "Data" top: "y" transform_param { crop_size: 4 mean_value: 1 } include { phase: TEST } }',
].map((text) => `input: "x"\ninput_shape { dim: 1 dim: 4 dim: 8 dim: 8 }\n${text}`);

const pieces = [
  '{',
  '}',
  '<',
  '>',
  '[',
  ']',
  ':',
  '"',
  '0',
  '-1',
  '4294967296',
  '1e39',
  'nan',
  '#',
  '\n',
  'true',
  'dim: 0',
  '\\',
  '\0',
];

describe('reading damaged prototxts', () => {
  it('gives a network or an error of its own, never a crash', () => {
    const random = randomSource(42);
    const pick = (count: number): number => Math.floor(random() * count);
    let read = 0;
    for (let round = 0; round < rounds; round += 1) {
      let text = seeds[round % seeds.length];
      for (let change = pick(4); change >= 0; change -= 1) {
        const at = pick(text.length);
        const removed = pick(3) === 0 ? 0 : pick(12);
        text = text.slice(0, at) + (pick(2) === 0 ? pieces[pick(pieces.length)] : '') + text.slice(at + removed);
      }
      try {
        inspectNetwork(networkOf(describeNet(text, 'fuzz.prototxt')));
        read += 1;
      } catch (error) {
        if (!(error instanceof CortadoError)) throw new Error(`crashed on ${JSON.stringify(text)}`, { cause: error });
      }
    }
    expect(read).toBeGreaterThan(rounds / 100);
    expect(read).toBeLessThan(rounds);
  });
});
