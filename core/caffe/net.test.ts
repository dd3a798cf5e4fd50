import { describe, expect, it } from 'vitest';
import { CortadoError } from '../common/errors.ts';
import { describeNet } from './net.ts';

const file = 'deploy.prototxt';

function errorOf(text: string): CortadoError {
  try {
    describeNet(text, file);
  } catch (error) {
    if (error instanceof CortadoError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('describeNet', () => {
  it('reads V2 layers with their bottoms and tops', () => {
    const net = describeNet('name: "n" layer { name: "r" type: "ReLU" bottom: "a" bottom: "b" top: "c" }', file);
    expect(net).toMatchObject({ name: 'n', format: 'V2', inputs: [] });
    expect(net.layers).toMatchObject([{ name: 'r', type: 'ReLU', bottoms: ['a', 'b'], tops: ['c'] }]);
  });

  it('gives V1 layers their V2 types, by name and by number', () => {
    const net = describeNet('layers { name: "a" type: INNER_PRODUCT } layers { name: "b" type: 35 }', file);
    expect(net.format).toBe('V1');
    expect(net.layers.map(({ type }) => type)).toEqual(['InnerProduct', 'AbsVal']);
  });

  it('upgrades V0 layers: types, parameters and padding layers', () => {
    const net = describeNet(
      `layers { layer { name: "d" type: "data" cropsize: 227 meanfile: "m" batchsize: 9 } top: "data" top: "label" }
       layers { layer { name: "p" type: "padding" pad: 2 } bottom: "data" top: "padded" }
       layers { layer { name: "c" type: "conv" num_output: 20 kernelsize: 5 biasterm: false stride: 1 blobs_lr: 1. } bottom: "padded" top: "c" }
       layers { layer { name: "l" type: "lrn" local_size: 3 alpha: 0.5 } bottom: "c" top: "l" }
       layers { layer { name: "i" type: "innerproduct" num_output: 7 } bottom: "l" top: "i" }`,
      file,
    );
    expect(net.format).toBe('V0');
    expect(net.warnings).toEqual([]);
    expect(net.layers.map(({ name, type, bottoms }) => [name, type, bottoms])).toEqual([
      ['d', 'Data', []],
      ['c', 'Convolution', ['data']],
      ['l', 'LRN', ['c']],
      ['i', 'InnerProduct', ['l']],
    ]);
    const [data, conv, lrn, product] = net.layers.map(({ fields }) => fields);
    expect(data.nested('transform_param').number('crop_size')).toBe(227);
    const parameters = conv.nested('convolution_param');
    expect(['num_output', 'kernel_size', 'pad'].map((name) => parameters.number(name))).toEqual([20, 5, 2]);
    expect(parameters.boolean('bias_term', true)).toBe(false);
    expect(parameters.locate('kernel_size').line).toBe(3);
    expect(lrn.nested('lrn_param').number('alpha')).toBe(0.5);
    expect(product.nested('inner_product_param').number('num_output')).toBe(7);
  });

  it('refuses a V0 padding before a layer that cannot take it up', () => {
    const text =
      'layers { layer { name: "p" type: "padding" pad: 2 } bottom: "d" top: "e" }\nlayers { layer { name: "r" type: "relu" } bottom: "e" top: "e" }';
    expect(errorOf(text)).toMatchObject({ code: 'caffe.v0-padding', location: { line: 2 } });
  });

  it('reads inputs with four input_dim each and with input_shape', () => {
    const layer = 'layer { name: "r" type: "ReLU" }';
    const dims = (values: string): string => values.replace(/\d+/g, 'input_dim: $&');
    expect(describeNet(`input: "a" input: "b" ${dims('1 3 4 5 2 1 6 7')} ${layer}`, file).inputs).toMatchObject([
      { name: 'a', shape: [1, 3, 4, 5] },
      { name: 'b', shape: [2, 1, 6, 7] },
    ]);
    expect(describeNet(`input: "a" input_shape { dim: [10, 3] } ${layer}`, file).inputs).toMatchObject([
      { name: 'a', shape: [10, 3] },
    ]);
    expect(errorOf(`input: "a"\ninput_dim: 1\n${layer}`)).toMatchObject({
      code: 'caffe.input-shape',
      location: { line: 2 },
    });
    expect(errorOf(`input: "a"\ninput_shape { dim: 0 }\n${layer}`).code).toBe('caffe.input-shape');
  });

  it('applies include and exclude rules for TEST', () => {
    const layer = (name: string, rules: string): string => `layer { name: "${name}" type: "ReLU" ${rules} }\n`;
    const text =
      layer('train', 'include { phase: TRAIN }') +
      layer('test', 'include { phase: TEST }') +
      layer('either', 'include { phase: TRAIN } include { phase: TEST }') +
      layer('out', 'exclude { phase: TEST }') +
      layer('staged', 'include { stage: "deploy" }') +
      layer('unstaged', 'include { not_stage: "deploy" }') +
      layer('high', 'include { min_level: 1 }') +
      layer('plain', '');
    const names = (source: string): string[] => describeNet(source, file).layers.map(({ name }) => name);
    expect(names(text)).toEqual(['test', 'either', 'unstaged', 'plain']);
    expect(names(`state { level: 2 stage: "deploy" } ${text}`)).toEqual(['test', 'either', 'staged', 'high', 'plain']);
  });

  it('keeps unknown fields and warns with the field that was meant', () => {
    const net = describeNet(
      'layer {\n name: "c"\n type: "Convolution"\n convolution_param {\n  kernel_sise: 3\n }\n weird_param { a: 1 }\n}',
      file,
    );
    expect(net.warnings).toMatchObject([
      { location: { file, line: 5, field: 'layer "c".convolution_param.kernel_sise' } },
      { location: { file, line: 7, field: 'layer "c".weird_param' } },
    ]);
    expect(net.warnings[0].message).toContain('Did you mean kernel_size?');
    expect(net.layers[0].fields.nested('convolution_param').has('kernel_sise')).toBe(true);
  });

  it.each([
    [
      'layer {\n name: "c"\n type: "Convolution"\n convolution_param {\n  num_output: abc\n }\n}',
      5,
      'caffe.field-type',
      /whole number/,
    ],
    ['layer {\n name: "c"\n convolution_param: 3\n}', 3, 'caffe.field-type', /message in braces/],
    ['layer {\n name: "p"\n pooling_param { pool: MAXX } }', 3, 'caffe.field-type', /Did you mean MAX\?/],
    ['layer {\n name: c\n}', 2, 'caffe.field-type', /string in quotes/],
    ['layer {\n name: "a"\n type: "ReLU"\n name: "b"\n}', 4, 'caffe.field-repeated', /first in line 2/],
    ['layer {\n name: "a"\n}', 1, 'caffe.field-missing', /type of the layer/],
    ['layer {\n name: "a" tipe: "ReLU" }', 2, 'caffe.field-missing', /Did you mean type/],
    ['layers { name: "a" type: CONVOLUTON }', 1, 'caffe.field-type', /Did you mean CONVOLUTION/],
    ['layer { type: "ReLU" }\nlayers { type: RELU }', 2, 'caffe.mixed-formats', /mixes/],
    ['base_lr: 0.01\nnet: "x"', 1, 'caffe.no-layers', /solver/],
    ['', 1, 'caffe.no-layers', /no layer/],
  ])('refuses %j', (text, line, code, message) => {
    const error = errorOf(text);
    expect(error.code).toBe(code);
    expect(error.location).toMatchObject({ file, line });
    expect(error.message).toMatch(message);
  });
});
