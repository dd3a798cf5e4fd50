import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { resizeBilinear, type InterleavedImage } from './resize-bilinear.ts';

const python = '/usr/bin/python3';
const hasOpenCv = spawnSync(python, ['-c', 'import cv2']).status === 0;

/** The same resizes by OpenCV: HWC pixels of all cases on standard input, planes on standard output. */
const openCvResize = `
import sys, json, cv2, numpy as np
data = np.frombuffer(sys.stdin.buffer.read(), np.uint8)
for w, h, c, tw, th in json.loads(sys.argv[1]):
    image, data = data[:h * w * c].reshape(h, w, c), data[h * w * c:]
    result = cv2.resize(image, (tw, th), interpolation=cv2.INTER_LINEAR).reshape(th, tw, c)
    sys.stdout.buffer.write(result.transpose(2, 0, 1).tobytes())
`;

function noise(width: number, height: number, channels: 1 | 3, seed: number): InterleavedImage {
  let state = seed;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
  return { width, height, channels, data: Uint8Array.from({ length: width * height * channels }, next) };
}

function whole(width: number, height: number): { left: number; top: number; width: number; height: number } {
  return { left: 0, top: 0, width, height };
}

describe('resizeBilinear', () => {
  it('leaves an image of the right size as it is, as planes in the order asked for', () => {
    const image = noise(5, 4, 3, 1);
    const planes = resizeBilinear(image, image, whole(5, 4), [2, 1, 0]);
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < 20; i++) expect(planes[c * 20 + i]).toBe(image.data[i * 3 + 2 - c]);
    }
  });

  it('returns only the window, equal to that part of the whole', () => {
    const image = noise(37, 23, 3, 2);
    const size = { width: 20, height: 31 };
    const all = resizeBilinear(image, size, whole(20, 31), [0, 1, 2]);
    const part = resizeBilinear(image, size, { left: 3, top: 5, width: 11, height: 13 }, [1]);
    for (let y = 0; y < 13; y++) {
      for (let x = 0; x < 11; x++) expect(part[y * 11 + x]).toBe(all[620 + (y + 5) * 20 + x + 3]);
    }
  });

  it('halves by the rounded mean of four pixels', () => {
    const image = { width: 2, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4) } as const;
    expect([...resizeBilinear(image, { width: 1, height: 1 }, whole(1, 1), [0])]).toEqual([3]);
  });

  it.skipIf(!hasOpenCv)('equals OpenCV to the bit, up, down, by odd factors and from single pixels', () => {
    const cases = [
      [40, 30, 3, 227, 199],
      [333, 251, 3, 64, 48],
      [100, 100, 1, 50, 50],
      [99, 101, 1, 33, 77],
      [1, 7, 3, 5, 3],
      [8, 1, 1, 3, 4],
      [17, 19, 3, 18, 20],
      [640, 3, 3, 7, 2],
    ] as const;
    const images = cases.map(([width, height, channels], index) => noise(width, height, channels, index + 10));
    const input = Buffer.concat(images.map(({ data }) => data));
    let theirs: Buffer = execFileSync(python, ['-c', openCvResize, JSON.stringify(cases)], { input });
    for (const [index, [width, height, channels, targetWidth, targetHeight]] of cases.entries()) {
      const size = { width: targetWidth, height: targetHeight };
      const order = channels === 3 ? [0, 1, 2] : [0];
      const ours = resizeBilinear(images[index], size, whole(targetWidth, targetHeight), order);
      const expected = theirs.subarray(0, ours.length);
      expect(Buffer.compare(Buffer.from(ours), expected), `${width}x${height}x${channels}`).toBe(0);
      theirs = theirs.subarray(ours.length);
    }
    expect(theirs).toHaveLength(0);
  });
});
