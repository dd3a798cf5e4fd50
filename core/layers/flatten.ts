import { elementCount, type Shape } from '../common/tensor.ts';
import { one, type LayerKind } from './kind.ts';
import { sameValues } from './same-values.ts';
import { resolveAxis, shapeError } from './shapes.ts';

/** Caffe's Flatten: the axes from `axis` to `end_axis` become one. */
export const flatten: LayerKind = {
  types: ['Flatten'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('flatten_param');
    const flattened = (bottom: Shape): Shape => {
      const first = resolveAxis(parameters.number('axis', 1), bottom, parameters);
      const last = resolveAxis(parameters.number('end_axis', -1), bottom, parameters);
      if (last < first) throw shapeError(parameters, 'end_axis lies before axis.', 'Correct one of them.');
      const merged = elementCount(bottom.slice(first, last + 1));
      return [...bottom.slice(0, first), merged, ...bottom.slice(last + 1)];
    };
    return sameValues('', (bottom) => [flattened(bottom)]);
  },
};
