import type { Activation, Graph, ValueId } from '../../graph/graph.ts';
import { GraphBuilder } from './graph-builder.ts';

/**
 * A seeded network of every kind of operation: convolutions of all sorts, residual and concatenated branches, both
 * poolings, leaky and clamped activations, moves of elements and maxima, ending in a float softmax.
 */
export function randomGraph(seed: number): Graph {
  const b = new GraphBuilder(seed);
  const pick = (count: number): number => Math.floor(b.random() * count);
  const activation = (channels: number): Activation => {
    switch (pick(5)) {
      case 0:
        return { kind: 'none' };
      case 1:
        return { kind: 'relu6' };
      case 2:
        return {
          kind: 'leaky',
          slopes: Float32Array.from({ length: pick(2) === 0 ? 1 : channels }, () => b.random() - 0.25),
        };
      default:
        return { kind: 'relu' };
    }
  };
  const square = (side: number): { readonly height: number; readonly width: number } => ({ height: side, width: side });

  let channels = 4 + 4 * pick(3);
  let last: ValueId = b.input('data', [1 + pick(2), 3, 17 + pick(5), 17 + pick(5)]);
  last = b.convolution('stem', last, channels, { kernel: square(3), pad: square(1), activation: activation(channels) });

  for (let block = 0; block < 3; block += 1) {
    const name = (part: string): string => `block${block}/${part}`;
    switch (pick(8)) {
      case 0: {
        const branch = b.convolution(name('branch'), last, channels, {
          kernel: square(3),
          pad: square(1 + pick(2)),
          dilation: square(1),
          group: pick(2) === 0 ? 1 : channels,
        });
        const resized = b.convolution(name('resize'), branch, channels, { activation: activation(channels) });
        const other = b.convolution(name('other'), branch, channels);
        last = b.sum(name('sum'), [resized, other], { kind: 'relu' }, [1, 0.5 + b.random()]);
        break;
      }
      case 1: {
        const parts = [2, 3, 4].map((count) =>
          b.convolution(name(`part${count}`), last, count, { activation: activation(count) }),
        );
        last = b.concat(name('concat'), parts);
        channels = 9;
        break;
      }
      case 2:
        last = b.pooling(name('average'), last, 'average', { kernel: 3, stride: 1 + pick(2), pad: pick(2) });
        break;
      case 3:
        last = b.pooling(name('max'), last, 'max', {
          kernel: 3,
          stride: 1 + pick(2),
          pad: pick(2),
          activation: { kind: 'relu' },
        });
        break;
      case 4: {
        // A maximum of two halves of the channels, as in a max feature map, then what a deconvolution of stride 2 is.
        const [n, , height, width] = b.shape(last);
        const wide = b.convolution(name('wide'), last, 2 * channels, { activation: activation(2 * channels) });
        const halves = [0, channels].map((first) =>
          b.move(name(`half${first}`), wide, { kind: 'crop', offsets: [0, first, 0, 0] }, [n, channels, height, width]),
        );
        const greater = b.maximum(name('maximum'), halves, pick(2) === 0 ? { kind: 'relu' } : { kind: 'none' });
        const spread = b.move(name('zeros'), greater, { kind: 'insert-zeros', stride: { height: 2, width: 1 } }, [
          n,
          channels,
          2 * height - 1,
          width,
        ]);
        last = b.convolution(name('deconvolution'), spread, channels, { kernel: square(3), pad: square(1) });
        break;
      }
      case 5: {
        const [n, , height, width] = b.shape(last);
        const shuffled = b.move(name('shuffle'), last, { kind: 'shuffle-channel', group: channels === 9 ? 3 : 4 }, [
          n,
          channels,
          height,
          width,
        ]);
        const larger = b.move(name('upsample'), shuffled, { kind: 'upsample' }, [n, channels, 2 * height, 3 * width]);
        last = b.pooling(name('smaller'), larger, 'max', { kernel: 3, stride: 2 });
        break;
      }
      case 6: {
        const [n, , height, width] = b.shape(last);
        const turned = b.move(name('turn'), last, { kind: 'permute', order: [0, 1, 3, 2] }, [
          n,
          channels,
          width,
          height,
        ]);
        const gated = b.sigmoid(name('gate'), turned);
        last = b.move(name('tile'), gated, { kind: 'tile' }, [n, 2 * channels, width, height]);
        channels *= 2;
        break;
      }
      default: {
        const shortcut = last;
        const branch = b.convolution(name('branch'), last, channels, {
          kernel: { height: 1, width: 3 },
          pad: { height: 0, width: 2 },
          dilation: { height: 1, width: 2 },
        });
        last = b.sum(name('sum'), [shortcut, branch], activation(channels));
      }
    }
    last = b.convolution(name('next'), last, channels, { group: 1, activation: activation(channels) });
    if (pick(2) === 0) last = b.activation(name('leaky'), last, { kind: 'leaky', slopes: Float32Array.from([0.25]) });
  }
  last = b.convolution('head', last, 10, { kernel: square(2), stride: { height: 2, width: 1 } });
  return b.build([b.softmax('prob', b.pooling('global', last, 'average', { kernel: 3, stride: 3 })), last]);
}
