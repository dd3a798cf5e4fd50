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
    ['layer {\n name: "c"\n type: "Convolution"\n convolution_param {\n  num_output: abc\n }\n}', 5, 'caffe.field-type', /whole number/],
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
