import { elementCount, shapeText, type Shape } from '../common/tensor.ts';
import { one, type LayerKind } from './kind.ts';
import { sameValues } from './same-values.ts';
import { resolveAxis, shapeError } from './shapes.ts';

/** Caffe's Reshape: `dim: 0` copies the bottom's extent, one `dim: -1` takes what is left; only `num_axes` from `axis` on. */
export const reshape: LayerKind = {
  types: ['Reshape'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('reshape_param');
    const dims = parameters.nested('shape').numbers('dim');
    if (dims.some((dim) => dim < -1) || dims.filter((dim) => dim === -1).length > 1) {
      throw parameters.fail(
        'layer.parameter',
        `The shape ${dims.join(' ')} is not one: extents are 1 or more, 0 (as before) or at most one -1 (the rest).`,
        'Correct the dim values.',
        'shape',
      );
    }
    const target = (bottom: Shape): Shape => {
      const stated = parameters.number('axis', 0);
      // Here -1 is the place after the last axis.
      const start = stated < 0 ? stated + bottom.length + 1 : stated;
      resolveAxis(start, bottom, parameters, true);
      const count = parameters.number('num_axes', -1);
      const end = count < 0 ? bottom.length : start + count;
      const copied = dims.map((dim, index) => (dim === 0 ? (bottom[start + index] ?? 0) : dim));
      const around = [...bottom.slice(0, start), ...bottom.slice(end)];
      const known = elementCount([...around, ...copied.filter((dim) => dim !== -1)]);
      const rest = elementCount(bottom) / known;
      const inferred = copied.map((dim) => (dim === -1 ? rest : dim));
      const shape = [...bottom.slice(0, start), ...inferred, ...bottom.slice(end)];
      if (elementCount(shape) === elementCount(bottom) && shape.every((extent) => Number.isInteger(extent)))
        return shape;
      throw shapeError(
        parameters,
        `A blob of ${shapeText(bottom)} cannot become ${dims.join(' x ')}: the number of values differs.`,
        'Correct the dim values; a batch size written there as a number must match the input.',
      );
    };
    return sameValues(dims.join(' x '), (bottom) => [target(bottom)]);
  },
};
