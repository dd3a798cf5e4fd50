import type { Graph } from '../../../graph/graph.ts';
import { GraphBuilder } from '../../../quantization/testing/graph-builder.ts';
import { graphOf, square } from './graph-of.ts';

/** Inputs are within [-1, 1]: this is level -127 or very nearly so. */
const LEAST = -1;
const PADDED = { kernel: square(3), pad: square(1) } as const;
const RELU = { kind: 'relu' } as const;

/** Small networks with another level than 0 in a padding, one for each way in which a convolution can run. */
export const PADDED_GRAPHS: Readonly<Record<string, () => Graph>> = {
  'padding of another level': () =>
    graphOf([1, 20, 9, 11], (b) => b.convolution('c', 'data', 40, { ...PADDED, padValue: LEAST })),
  'padding of another level around three channels': () =>
    graphOf([1, 3, 17, 15], (b) => b.convolution('c', 'data', 33, { ...PADDED, stride: square(2), padValue: LEAST })),
  'padding of another level, dilated, at stride 2': () =>
    graphOf([1, 18, 16, 13], (b) =>
      b.convolution('c', 'data', 16, {
        kernel: { height: 5, width: 3 },
        dilation: { height: 2, width: 1 },
        stride: { height: 1, width: 2 },
        pad: { height: 3, width: 2 },
        padValue: 0.4,
      }),
    ),
  'padding of another level in groups': () =>
    graphOf([1, 48, 9, 9], (b) => b.convolution('c', 'data', 80, { ...PADDED, group: 2, padValue: LEAST })),
  'padding of another level around sums that become float': () => {
    const b = new GraphBuilder(6);
    b.input('data', [1, 20, 9, 10]);
    return b.build([b.convolution('c', b.convolution('stem', 'data', 24), 10, { ...PADDED, padValue: LEAST })]);
  },
  'padding of another level, depthwise': () =>
    graphOf([1, 40, 13, 14], (b) =>
      b.convolution('c', 'data', 40, { ...PADDED, stride: square(2), group: 40, activation: RELU, padValue: LEAST }),
    ),
  'padding of another level, dilated and depthwise': () =>
    graphOf([1, 20, 12, 9], (b) =>
      b.convolution('c', 'data', 20, {
        kernel: square(3),
        pad: { height: 2, width: 3 },
        dilation: square(2),
        group: 20,
        padValue: 0.7,
      }),
    ),
  'padding of another level in every layer, no two alike': () =>
    graphOf([1, 20, 12, 12], (b) => {
      const first = b.convolution('first', 'data', 24, { ...PADDED, padValue: LEAST });
      const second = b.convolution('second', first, 24, { ...PADDED, padValue: 0.5 });
      const deep = b.convolution('deep', second, 24, { ...PADDED, group: 24, padValue: -0.3 });
      const pooled = b.pooling('pooled', deep, 'max', { kernel: 3, stride: 1, pad: 1 });
      const other = b.convolution('other', pooled, 24, { ...PADDED, group: 24, padValue: 0.6 });
      return b.convolution('last', b.pooling('mean', other, 'average', { kernel: 3, stride: 1, pad: 1 }), 24, PADDED);
    }),
  'padding of another level around bands': () =>
    graphOf([1, 40, 90, 100], (b) => {
      const c = b.convolution('c', 'data', 40, { ...PADDED, activation: RELU, padValue: LEAST });
      return b.pooling('p', c, 'max', { kernel: 2, stride: 2 });
    }),
  'padding of another level around bands, depthwise': () =>
    graphOf([1, 40, 90, 100], (b) => {
      const c = b.convolution('c', 'data', 40, { ...PADDED, group: 40, padValue: LEAST });
      return b.pooling('p', c, 'max', { kernel: 2, stride: 2 });
    }),
  'padding of another level around bands that are handed over': () =>
    graphOf([1, 3, 90, 170], (b) => {
      const c = b.convolution('c', 'data', 48, { ...PADDED, stride: square(2), padValue: LEAST });
      return b.convolution('deep', c, 48, { ...PADDED, group: 48, padValue: -0.5 });
    }),
};
