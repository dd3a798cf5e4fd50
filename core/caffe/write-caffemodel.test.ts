import { describe, expect, it } from 'vitest';
import { tensor } from '../common/tensor.ts';
import { parseCaffeModel } from './caffemodel.ts';
import { encodeCaffeModel } from './write-caffemodel.ts';

const weights = tensor([2, 1, 1, 3], Float32Array.of(1, -2.5, 3e-9, 0, Number.MAX_VALUE, -0));
const bias = tensor([2], Float32Array.of(0.25, -0.5));

describe('encodeCaffeModel', () => {
  it('writes what the reader reads', () => {
    const bytes = encodeCaffeModel('net', [
      { name: 'data', type: 'Input', bottoms: [], tops: ['data'], blobs: [] },
      { name: 'conv', type: 'Convolution', bottoms: ['data'], tops: ['conv'], blobs: [weights, bias] },
    ]);
    const model = parseCaffeModel(Uint8Array.from(bytes), 'net.caffemodel');
    expect([...model.layers.keys()]).toEqual(['conv']);
    const blobs = model.layers.get('conv') ?? [];
    expect(blobs.map((blob) => blob.shape)).toEqual([weights.shape, bias.shape]);
    expect(blobs.map((blob) => [...blob.data])).toEqual([[...weights.data], [...bias.data]]);
  });

  it('writes only the part that a view shows', () => {
    const view = tensor([2], Float32Array.of(7, 8, 9, 10).subarray(1, 3));
    const bytes = encodeCaffeModel('net', [{ name: 'a', type: 'Bias', bottoms: [], tops: [], blobs: [view] }]);
    const [blob] = parseCaffeModel(Uint8Array.from(bytes), 'f').layers.get('a') ?? [];
    expect([...blob.data]).toEqual([8, 9]);
  });

  it('has the bytes of caffe.proto', () => {
    const one = tensor([1], Float32Array.of(1));
    const bytes = encodeCaffeModel('n', [{ name: 'l', type: 'T', bottoms: ['b'], tops: ['t'], blobs: [one] }]);
    const blob = [0x3a, 3, 0x0a, 1, 1, 0x2a, 4, 0, 0, 0x80, 0x3f];
    const layer = [0x0a, 1, 0x6c, 0x12, 1, 0x54, 0x1a, 1, 0x62, 0x22, 1, 0x74, 0x3a, blob.length, ...blob];
    expect([...bytes]).toEqual([0x0a, 1, 0x6e, 0xa2, 0x06, layer.length, ...layer]);
  });

  it('refuses a blob whose shape does not fit', () => {
    const wrong = { shape: [3], data: Float32Array.of(1) };
    expect(() => encodeCaffeModel('n', [{ name: 'l', type: 'T', bottoms: [], tops: [], blobs: [wrong] }])).toThrow(
      RangeError,
    );
  });
});
