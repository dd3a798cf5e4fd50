import type { Fields } from '../caffe/fields.ts';
import type { Size2d } from '../graph/graph.ts';
import { optionText, readSize, requirePositive, sizeText } from './window.ts';

/** convolution_param, for convolution and deconvolution. */
export interface ConvolutionParameters {
  readonly outputChannels: number;
  readonly kernel: Size2d;
  readonly stride: Size2d;
  readonly pad: Size2d;
  readonly dilation: Size2d;
  /** Undefined where the file leaves it out. */
  readonly group: number | undefined;
  readonly bias: boolean;
  readonly summary: string;
}

export function readConvolution(layer: Fields): ConvolutionParameters {
  const parameters = layer.nested('convolution_param');
  const axis = parameters.number('axis', 1);
  if (axis !== 1) {
    throw parameters.fail('layer.parameter', `axis is ${axis}; channels are axis 1 here.`, 'Leave axis out.', 'axis');
  }
  const outputChannels = parameters.required('num_output');
  if (outputChannels < 1) {
    throw parameters.fail('layer.parameter', 'num_output must be 1 or more.', 'Correct the value.', 'num_output');
  }
  const kernel = requirePositive(readSize(parameters, 'kernel_size', 'kernel', undefined), parameters, 'kernel_size');
  const stride = requirePositive(readSize(parameters, 'stride', 'stride', 1), parameters, 'stride');
  const pad = readSize(parameters, 'pad', 'pad', 0);
  const dilation = requirePositive(readSize(parameters, 'dilation', 'dilation', 1), parameters, 'dilation');
  const group = parameters.number('group');
  const groupText = group === undefined || group === 1 ? '' : `, group ${group}`;
  const options = [optionText('stride', stride, 1), optionText('pad', pad, 0), optionText('dilation', dilation, 1)];
  const summary = `${sizeText(kernel)}${options.join('')}${groupText}`;
  return { outputChannels, kernel, stride, pad, dilation, group, bias: parameters.boolean('bias_term', true), summary };
}

/** Refuses a group that does not divide the channels. */
export function checkGroup(group: number, inputs: number, outputs: number, layer: Fields): void {
  if (group >= 1 && inputs % group === 0 && outputs % group === 0) return;
  throw layer.fail(
    'layer.parameter',
    `The group ${group} does not divide ${inputs} input and ${outputs} output channels.`,
    'Correct group or num_output.',
  );
}
