import type { Shape } from '../../common/tensor.ts';
import type { Activation } from '../../graph/graph.ts';
import { clamp } from '../arithmetic.ts';
import type { ActivationForm } from '../quantized-network.ts';
import { requantiseEntry } from '../requantisation.ts';
import { extent } from './patches.ts';

/** Applies a float activation in place; each product is rounded to float32. */
export function applyActivation(data: Float32Array, shape: Shape, activation: Activation): void {
  switch (activation.kind) {
    case 'none':
      return;
    case 'relu':
      for (let i = 0; i < data.length; i += 1) if (data[i] < 0) data[i] = 0;
      return;
    case 'relu6':
      for (let i = 0; i < data.length; i += 1) data[i] = clamp(data[i], 0, 6);
      return;
    case 'leaky': {
      const { slopes } = activation;
      forEachChannel(shape, data.length, (from, to, channel) => {
        const slope = slopes[slopes.length === 1 ? 0 : channel];
        for (let i = from; i < to; i += 1) if (data[i] < 0) data[i] *= slope;
      });
    }
  }
}

/** An activation that stands alone, on int8 or float32. */
export function activate(
  form: ActivationForm,
  input: Int8Array | Float32Array,
  shape: Shape,
): Int8Array | Float32Array {
  const output = input.slice();
  switch (form.kind) {
    case 'float':
      applyActivation(output as Float32Array, shape, form.activation);
      return output;
    case 'int8-clamp':
      for (let i = 0; i < output.length; i += 1) output[i] = clamp(output[i], form.low, form.high);
      return output;
    case 'int8': {
      const { requantisation } = form;
      const isShared = requantisation.multiplier.length === 1;
      forEachChannel(shape, output.length, (from, to, channel) => {
        for (let i = from; i < to; i += 1) {
          output[i] = requantiseEntry(output[i], requantisation, isShared ? 0 : channel);
        }
      });
      return output;
    }
  }
}

/** Calls `visit` with the range of every channel (axis 1) of every image. */
export function forEachChannel(
  shape: Shape,
  length: number,
  visit: (from: number, to: number, channel: number) => void,
): void {
  const channels = extent(shape, 1);
  const images = extent(shape, 0);
  const area = length / images / channels;
  for (let plane = 0; plane < images * channels; plane += 1) visit(plane * area, (plane + 1) * area, plane % channels);
}
