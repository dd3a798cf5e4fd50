import { describe, expect, it } from 'vitest';
import { describeNet } from '../caffe/net.ts';
import { hasTestData, testData } from '../common/test-data.ts';
import { formatInspection } from './inspect-table.ts';
import { inspectNetwork, type Inspection } from './inspect.ts';
import { loadNetwork, networkOf } from './load.ts';

const text = `
name: "small"
input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
layer { name: "bn0" type: "BatchNorm" bottom: "data" top: "bn0" }
layer { name: "conv" type: "Convolution" bottom: "bn0" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }
layer { name: "sc" type: "Scale" bottom: "conv" top: "conv" scale_param { bias_term: true } odd: 1 }
layer { name: "batch" type: "BatchNorm" bottom: "conv" top: "batch" batch_norm_param { use_global_stats: false } }
layer { name: "prob" type: "Softmax" bottom: "batch" top: "prob" }`;

function inspect(): Inspection {
  return inspectNetwork(networkOf(describeNet(text, 'small.prototxt')));
}

describe('inspectNetwork', () => {
  it('counts parameters and MACs and says how each layer runs', () => {
    const { layers, totals } = inspect();
    expect(layers.map(({ name, runs, reason }) => [name, runs, reason !== ''])).toEqual([
      ['bn0', 'float', true],
      ['conv', 'int8', false],
      ['bn', 'int8', true],
      ['sc', 'int8', true],
      ['batch', 'not', true],
      ['prob', 'float', true],
    ]);
    expect(layers[3].reason).toBe('folded into conv');
    expect(totals).toEqual({
      layers: 6,
      parameters: 7 + 112 + 9 + 8 + 9,
      macs: 4 * 36 * 27,
      int8: 3,
      float: 2,
      not: 1,
    });
    expect(JSON.parse(JSON.stringify(inspect()))).toEqual(inspect());
  });

  it('prints a table with totals and warnings', () => {
    const table = formatInspection(inspect());
    expect(table).toMatch(/^conv +Convolution +bn0 +conv +1x4x6x6 +112 +3,888 +int8 +3x3$/m);
    expect(table).toMatch(/^Total +6 layers +145 +3,888$/m);
    expect(table).toContain('Warning: line 7: The field odd is not known');
  });
});

describe.skipIf(!hasTestData)('known networks', () => {
  // Multiplications and parameters as the networks' papers and Netscope give them; those without a comma are exact counts by hand.
  it.each([
    ['alexnet', 724_406_816, 60_965_224],
    ['alexnet_v1', 724_406_816, 60_965_224],
    ['vgg16', 15_470_264_320, 138_357_544],
    ['resnet50', 3_857_973_248, 25_610_269],
    ['resnet18', 1_826_918_400, 11_703_485],
    ['googlenet_v1', 1_582_671_872, 6_998_552],
    ['mobilenet_v1', 568_740_352, 4_253_891],
    ['squeezenet_v1.0', 861_339_936, 1_248_424],
    ['squeezenet_v1.1', 387_747_520, 1_235_496],
    ['lenet_v1', 2_293_000, 431_080],
  ])('%s', async (name, macs, parameters) => {
    const { totals } = inspectNetwork(await loadNetwork({ proto: testData('prototxts', `${name}.prototxt`) }));
    expect(totals).toMatchObject({ macs, parameters });
  });
});
