import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type SharpOptions } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from './decode-image.ts';

let folder = '';
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cortado-decode-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const raw = (channels: 1 | 2 | 3 | 4, width: number, height: number): SharpOptions => ({
  raw: { channels, width, height },
});

describe('decodeImage', () => {
  it('drops an alpha channel without blending', async () => {
    await sharp(Uint8Array.of(10, 20, 30, 0, 40, 50, 60, 128), raw(4, 2, 1))
      .png()
      .toFile(file('alpha.png'));
    const image = await decodeImage(file('alpha.png'), false);
    expect({ ...image, data: [...image.data] }).toEqual({
      width: 2,
      height: 1,
      channels: 3,
      data: [10, 20, 30, 40, 50, 60],
    });
  });

  it('repeats gray into three channels and keeps it as it is for gray', async () => {
    await sharp(Uint8Array.of(7, 200), raw(1, 2, 1))
      .toColourspace('b-w')
      .png()
      .toFile(file('gray.png'));
    expect([...(await decodeImage(file('gray.png'), false)).data]).toEqual([7, 7, 7, 200, 200, 200]);
    expect([...(await decodeImage(file('gray.png'), true)).data]).toEqual([7, 200]);
  });

  it("makes gray by BT.601's weights", async () => {
    const colours = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255);
    await sharp(colours, raw(3, 4, 1))
      .png()
      .toFile(file('colours.png'));
    expect([...(await decodeImage(file('colours.png'), true)).data]).toEqual([76, 150, 29, 255]);
  });

  it('turns a picture upright as its EXIF orientation says', async () => {
    await sharp(Uint8Array.of(1, 1, 1, 9, 9, 9), raw(3, 2, 1))
      .withMetadata({ orientation: 6 })
      .png()
      .toFile(file('turned.png'));
    const image = await decodeImage(file('turned.png'), false);
    expect([image.width, image.height]).toEqual([1, 2]);
  });

  it('takes the upper half of 16 bits', async () => {
    const deep = new Uint16Array([0x1234, 0xffff, 0x00ff]);
    await sharp(deep, raw(3, 1, 1))
      .toColourspace('rgb16')
      .png()
      .toFile(file('deep.png'));
    expect([...(await decodeImage(file('deep.png'), false)).data]).toEqual([0x12, 0xff, 0x00]);
  });

  it('names a file that is no picture, a cut one and one that is not there', async () => {
    await writeFile(file('text.jpg'), 'this is no picture');
    await expect(decodeImage(file('text.jpg'), false)).rejects.toMatchObject({
      code: 'images.not-an-image',
      location: { file: file('text.jpg') },
    });
    const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#123456' } })
      .png()
      .toBuffer();
    await writeFile(file('cut.png'), whole.subarray(0, whole.length >> 1));
    await expect(decodeImage(file('cut.png'), false)).rejects.toMatchObject({ code: 'images.not-an-image' });
    await expect(decodeImage(file('absent.png'), false)).rejects.toMatchObject({ code: 'images.missing' });
  });
});
