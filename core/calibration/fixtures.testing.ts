import type { Tensor } from '../common/tensor.ts';
import type { ForwardSession } from '../inference/session.ts';
import type { CalibrationLayer, CalibrationTarget, LayerWeights } from './target.ts';

/** For tests: the weights of a convolution, `[outputs]` lists of values. */
export function convolutionWeights(
  rows: readonly (readonly number[])[],
  more: Partial<LayerWeights> = {},
): LayerWeights {
  const data = Float32Array.from(rows.flat());
  return {
    kind: 'convolution',
    outputChannels: rows.length,
    group: 1,
    kernel: { height: 1, width: 1 },
    stride: { height: 1, width: 1 },
    data,
    folded: data,
    ...more,
  };
}

export function layer(
  name: string,
  type: string,
  bottoms: readonly string[],
  tops: readonly string[],
  weights?: LayerWeights,
): CalibrationLayer {
  return { name, type, bottoms, tops, ...(weights === undefined ? {} : { weights }) };
}

export const square = (extent: number): { readonly height: number; readonly width: number } => ({
  height: extent,
  width: extent,
});

/** data (1x1x2x2) → c1 → r1 (in place) → dw → fc → prob. */
export function smallTarget(): CalibrationTarget {
  return {
    inputs: new Map([['data', [1, 1, 2, 2]]]),
    layers: [
      layer(
        'conv1',
        'Convolution',
        ['data'],
        ['c1'],
        convolutionWeights(
          [
            [0.5, -2],
            [0, 0],
          ],
          { kernel: square(3) },
        ),
      ),
      layer('relu1', 'ReLU', ['c1'], ['c1']),
      layer('conv2', 'Convolution', ['c1'], ['c2'], convolutionWeights([[1], [4]], { group: 2, kernel: square(3) })),
      layer('conv3', 'Convolution', ['c2'], ['c3'], convolutionWeights([[0.25], [8]], { kernel: square(5) })),
      layer('fc', 'InnerProduct', ['c3'], ['fc'], convolutionWeights([[1, -1]], { kind: 'inner-product' })),
      layer('prob', 'Softmax', ['fc'], ['prob']),
    ],
  };
}

/** A session whose blobs are functions of the input. */
export class FakeSession implements ForwardSession {
  readonly device = 'test';
  readonly inputs: ReadonlyMap<string, readonly number[]>;
  runs = 0;
  closed = false;

  constructor(
    target: CalibrationTarget,
    readonly outputs: readonly string[],
    private readonly blob: (name: string, input: Float32Array, run: number) => Float32Array,
  ) {
    this.inputs = target.inputs;
  }

  run(inputs: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor>> {
    const [tensor] = inputs.values();
    const run = this.runs++;
    const results = this.outputs.map((name) => {
      const data = this.blob(name, tensor.data, run);
      return [name, { shape: [data.length], data }] as const;
    });
    return Promise.resolve(new Map(results));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
