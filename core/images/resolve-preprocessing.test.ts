import { describe, expect, it } from 'vitest';
import { resolvePreprocessing, type PreprocessingFlags, type TransformHints } from './resolve-preprocessing.ts';

function resolve(flags: PreprocessingFlags, hints: TransformHints = {}, inputShape = [1, 3, 4, 6]) {
  return resolvePreprocessing({ transformParams: [hints], inputShape, flags });
}

function meanImage(channels: number, height: number, width: number) {
  return { channels, height, width, data: Float32Array.from({ length: channels * height * width }, (_, i) => i) };
}

describe('resolvePreprocessing', () => {
  it("defaults to the network's size, BGR, no mean (said) and norm 1", () => {
    const { preprocessing, notes } = resolve({});
    expect(preprocessing).toEqual({
      resize: { width: 6, height: 4 },
      crop: { width: 6, height: 4 },
      channels: 'bgr',
      mean: { kind: 'values', values: [0, 0, 0] },
      norm: 1,
    });
    expect(notes).toEqual([expect.stringContaining('No mean is subtracted')]);
    expect(resolve({}, {}, [64, 1, 28, 28]).preprocessing.channels).toBe('gray');
  });

  it('takes transform_param, and flags before it', () => {
    const hints = { meanValues: [1, 2, 3], scale: 0.5 };
    expect(resolve({}, hints).preprocessing).toMatchObject({ mean: { values: [1, 2, 3] }, norm: 0.5 });
    expect(resolve({}, hints).notes).toHaveLength(2);
    const { preprocessing, notes } = resolve({ mean: [7], norm: 2, channels: 'rgb' }, hints);
    expect(preprocessing).toMatchObject({ mean: { values: [7, 7, 7] }, norm: 2, channels: 'rgb' });
    expect(notes).toEqual([]);
  });

  it("says which mean file the prototxt names, and a crop_size that is not the network's", () => {
    const { notes } = resolve({}, { meanFile: 'data/mean.binaryproto', crop: { width: 5, height: 5 } });
    expect(notes.join('\n')).toMatch(/data\/mean\.binaryproto/);
    expect(notes.join('\n')).toMatch(/crops to 5x5/);
  });

  it("cuts the centre of a larger mean image and stretches pictures to the image's size", () => {
    const { preprocessing } = resolve({ meanImage: meanImage(3, 7, 9) });
    expect(preprocessing.resize).toEqual({ width: 9, height: 7 });
    expect(preprocessing.crop).toEqual({ width: 6, height: 4 });
    const { mean } = preprocessing;
    if (mean.kind !== 'image') throw new Error('not an image');
    expect(mean.size).toEqual({ width: 6, height: 4 });
    expect([...mean.data.subarray(0, 7)]).toEqual([10, 11, 12, 13, 14, 15, 19]);
    expect(mean.data[24]).toBe(63 + 10);
  });

  it.each([
    ['preprocessing.mean', { mean: [1, 2] }],
    ['preprocessing.mean', { mean: [1, 2, 3, 4] }],
    ['preprocessing.mean', { mean: [NaN] }],
    ['preprocessing.mean', { mean: [1], meanImage: meanImage(3, 4, 6) }],
    ['preprocessing.mean', { meanImage: meanImage(1, 4, 6) }],
    ['preprocessing.mean', { meanImage: meanImage(3, 3, 6) }],
    ['preprocessing.mean', { meanImage: meanImage(3, 7, 9), size: { width: 8, height: 8 } }],
    ['preprocessing.channels', { channels: 'gray' }],
    ['preprocessing.size', { size: { width: 5, height: 8 } }],
    ['preprocessing.crop', { crop: { width: 5, height: 4 } }],
    ['preprocessing.norm', { norm: 0 }],
  ] as const)('refuses with %s: %o', (code, flags) => {
    expect(() => resolve(flags)).toThrow(expect.objectContaining({ code }));
  });

  it('uses the first of several transform_param that differ, and says so', () => {
    const { preprocessing, notes } = resolvePreprocessing({
      transformParams: [{ scale: 0.5 }, { scale: 0.25 }],
      inputShape: [1, 1, 2, 2],
      flags: { mean: [0] },
    });
    expect(preprocessing.norm).toBe(0.5);
    expect(notes.join()).toMatch(/differ/);
  });

  it('refuses an input that is no picture', () => {
    expect(() => resolve({}, {}, [1, 10])).toThrow(expect.objectContaining({ code: 'preprocessing.input' }));
    expect(() => resolve({}, {}, [1, 2, 4, 4])).toThrow(expect.objectContaining({ code: 'preprocessing.input' }));
  });
});
