import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { normalise, normalisedLevels } from './normalise.ts';
import { centreWindow, decodeToPixels } from './pixels.ts';
import type { Preprocessing } from './preprocessing.ts';

const preprocessing: Preprocessing = {
  resize: { width: 2, height: 1 },
  crop: { width: 2, height: 1 },
  channels: 'bgr',
  mean: { kind: 'values', values: [103.53, 116.28, 123.675] },
  norm: 0.017,
};

describe('normalise', () => {
  it("subtracts each channel's mean and multiplies, each step in float32", () => {
    const f = Math.fround;
    const input = normalise(Uint8Array.of(0, 255, 1, 2, 3, 4), preprocessing);
    expect(input[1]).toBe(f(f(255 - f(103.53)) * f(0.017)));
    expect(input[2]).toBe(f(f(1 - f(116.28)) * f(0.017)));
    expect(input[5]).toBe(f(f(4 - f(123.675)) * f(0.017)));
    expect(normalisedLevels(preprocessing, 2)[4]).toBe(input[5]);
  });

  it('subtracts a mean image place by place', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    const mean = { kind: 'image', channels: 3, size: preprocessing.crop, data } as const;
    const input = normalise(Uint8Array.of(10, 10, 10, 10, 10, 10), { ...preprocessing, mean, norm: 2 });
    expect([...input]).toEqual([18, 16, 14, 12, 10, 8]);
  });

  it('refuses pixels of another size', () => {
    expect(() => normalise(new Uint8Array(5), preprocessing)).toThrow(RangeError);
  });
});

describe('decodeToPixels', () => {
  it('cuts the centre and orders the channels as the network wants', async () => {
    expect(centreWindow({ width: 256, height: 8 }, { width: 227, height: 8 })).toEqual({
      left: 14,
      top: 0,
      width: 227,
      height: 8,
    });
    const folder = await mkdtemp(join(tmpdir(), 'cortado-pixels-'));
    try {
      const path = join(folder, 'a.png');
      const colours = Uint8Array.of(9, 9, 9, 1, 2, 3, 4, 5, 6, 9, 9, 9);
      await sharp(colours, { raw: { width: 4, height: 1, channels: 3 } })
        .png()
        .toFile(path);
      const wide = { ...preprocessing, resize: { width: 4, height: 1 } };
      expect([...(await decodeToPixels(path, wide))]).toEqual([3, 6, 2, 5, 1, 4]);
      expect([...(await decodeToPixels(path, { ...wide, channels: 'rgb' }))]).toEqual([1, 4, 2, 5, 3, 6]);
      await expect(decodeToPixels(path, wide, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
