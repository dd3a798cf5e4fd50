import type { QuantizedNetwork, QuantizedOperation, Requantisation, TensorIndex } from '../quantized-network.ts';
import type { BlobData } from '../execute/execute.ts';

/**
 * int8 operations written down straight from the comments of package.fbs, in integers without bound, one output element at a
 * time. Undefined for operations whose result is float.
 */
export function naiveOperation(
  network: QuantizedNetwork,
  operation: QuantizedOperation,
  blobs: ReadonlyMap<TensorIndex, BlobData>,
): readonly number[] | undefined {
  const shapeOf = (index: TensorIndex): readonly number[] =>
    [0, 1, 2, 3].map((axis) => network.tensors[index].shape[axis] ?? 1);
  const at = (index: TensorIndex, n: number, c: number, y: number, x: number): number => {
    const [, channels, height, width] = shapeOf(index);
    return blobs.get(index)?.[((n * channels + c) * height + y) * width + x] ?? NaN;
  };
  const [images, channels, height, width] = shapeOf(operation.output);
  const each = (value: (n: number, c: number, y: number, x: number) => number): readonly number[] => {
    const result: number[] = [];
    for (let n = 0; n < images; n += 1)
      for (let c = 0; c < channels; c += 1)
        for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) result.push(value(n, c, y, x));
    return result;
  };

  switch (operation.kind) {
    case 'convolution': {
      const { form, input, kernel, stride, pad, padLevel, dilation, group } = operation;
      if (form.kind !== 'int8') return undefined;
      const [, inputChannels, inputHeight, inputWidth] = shapeOf(input);
      const perGroup = inputChannels / group;
      return each((n, c, y, x) => {
        let acc = BigInt(form.bias[c]);
        const firstChannel = Math.floor(c / (channels / group)) * perGroup;
        for (let i = 0; i < perGroup; i += 1) {
          for (let ky = 0; ky < kernel.height; ky += 1) {
            for (let kx = 0; kx < kernel.width; kx += 1) {
              const iy = y * stride.height - pad.height + ky * dilation.height;
              const ix = x * stride.width - pad.width + kx * dilation.width;
              const isInside = iy >= 0 && iy < inputHeight && ix >= 0 && ix < inputWidth;
              const value = isInside ? at(input, n, firstChannel + i, iy, ix) : padLevel;
              const weight = form.weights[((c * perGroup + i) * kernel.height + ky) * kernel.width + kx];
              acc += BigInt(weight * value);
            }
          }
        }
        return naiveRequantise(acc, form.requantisation, c);
      });
    }
    case 'pooling': {
      const { form, input, kernel, stride, pad } = operation;
      if (form.kind !== 'int8-max' && form.kind !== 'int8-average') return undefined;
      const [, , inputHeight, inputWidth] = shapeOf(input);
      return each((n, c, y, x) => {
        const [top, left] = [y * stride.height - pad.height, x * stride.width - pad.width];
        const bottom = Math.min(top + kernel.height, inputHeight + pad.height);
        const right = Math.min(left + kernel.width, inputWidth + pad.width);
        const window: number[] = [];
        for (let iy = Math.max(0, top); iy < Math.min(bottom, inputHeight); iy += 1)
          for (let ix = Math.max(0, left); ix < Math.min(right, inputWidth); ix += 1)
            window.push(at(input, n, c, iy, ix));
        if (form.kind === 'int8-max') return Math.max(...window, ...(form.relu ? [0] : []));
        const divisor = (bottom - top) * (right - left);
        const acc = window.reduce((total, value) => total + value, 0);
        return naiveRequantise(BigInt(acc), form.requantisation, form.divisors.indexOf(divisor));
      });
    }
    case 'eltwise-sum': {
      const { form, inputs } = operation;
      if (form.kind !== 'int8') return undefined;
      return each((n, c, y, x) => {
        let t = BigInt(form.bias);
        inputs.forEach((input, i) => (t += BigInt(at(input, n, c, y, x) * form.multipliers[i])));
        const half = form.shift > 0 ? 1n << BigInt(form.shift - 1) : 0n;
        return limit((t + half) >> BigInt(form.shift), form.low, form.high);
      });
    }
    case 'eltwise': {
      const { form, inputs } = operation;
      if (form.kind === 'float') return undefined;
      return each((n, c, y, x) =>
        limit(BigInt(Math.max(...inputs.map((input) => at(input, n, c, y, x)))), form.low, form.high),
      );
    }
    case 'permute':
      return each((...place) => {
        const source = [0, 1, 2, 3].map((axis) =>
          axis < operation.order.length ? operation.order.indexOf(axis) : axis,
        );
        const [n, c, y, x] = source.map((axis) => place[axis]);
        return at(operation.inputs[0], n, c, y, x);
      });
    case 'crop': {
      const [dn, dc = 0, dy = 0, dx = 0] = operation.offsets;
      return each((n, c, y, x) => at(operation.inputs[0], n + dn, c + dc, y + dy, x + dx));
    }
    case 'tile': {
      const [N, C, H, W] = shapeOf(operation.inputs[0]);
      return each((n, c, y, x) => at(operation.inputs[0], n % N, c % C, y % H, x % W));
    }
    case 'upsample': {
      const [, , H, W] = shapeOf(operation.inputs[0]);
      return each((n, c, y, x) =>
        at(operation.inputs[0], n, c, Math.floor((y * H) / height), Math.floor((x * W) / width)),
      );
    }
    case 'shuffle-channel': {
      const { group } = operation;
      const perGroup = channels / group;
      return each((n, c, y, x) => at(operation.inputs[0], n, (c % group) * perGroup + Math.floor(c / group), y, x));
    }
    case 'insert-zeros': {
      const { height: rows, width: columns } = operation.stride;
      return each((n, c, y, x) =>
        y % rows === 0 && x % columns === 0 ? at(operation.inputs[0], n, c, y / rows, x / columns) : 0,
      );
    }
    case 'activation': {
      const { form, input } = operation;
      if (form.kind === 'float') return undefined;
      return each((n, c, y, x) => {
        const q = BigInt(at(input, n, c, y, x));
        if (form.kind === 'int8-clamp') return limit(q, form.low, form.high);
        return naiveRequantise(q, form.requantisation, form.requantisation.multiplier.length === 1 ? 0 : c);
      });
    }
    case 'quantize': {
      const { scale } = network.tensors[operation.output];
      const float = new Float32Array(1);
      return each((n, c, y, x) => {
        float[0] = at(operation.input, n, c, y, x) * scale;
        float[0] += float[0] < 0 ? -0.5 : 0.5;
        return limit(BigInt(Math.trunc(float[0])), -127, 127);
      });
    }
    default:
      return undefined;
  }
}

function naiveRequantise(acc: bigint, requantisation: Requantisation, index: number): number {
  const lists = acc < 0n && requantisation.negative !== undefined ? requantisation.negative : requantisation;
  const [m, s, l] = [lists.multiplier[index], lists.rightShift[index], lists.leftShift[index]].map(BigInt);
  const limits = [-(2n ** 31n), 2n ** 31n - 1n];
  const shifted = acc << l;
  const a = shifted < limits[0] ? limits[0] : shifted > limits[1] ? limits[1] : shifted;
  const t = (2n * a * (m << 16n) + 2n ** 31n) >> 32n;
  const level = ((t + (s > 0n ? 1n << (s - 1n) : 0n)) >> s) + BigInt(requantisation.zero);
  return limit(level, requantisation.low, requantisation.high);
}

function limit(value: bigint, low: number, high: number): number {
  return Number(value < BigInt(low) ? BigInt(low) : value > BigInt(high) ? BigInt(high) : value);
}
