import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { encodeCaffeModel } from '../../../core/caffe/write-caffemodel.ts';
import { writeFileAtomically } from '../../../core/common/files.ts';
import { classCount, digitSize } from './digits.ts';
import type { Digit } from './digits.ts';
import type { CaffeLayerDescription } from './layer.ts';

/** The network's name, as in deploy.prototxt. */
const networkName = 'CortadoDigits';
export const picturesPerClass = 6;

/** Writes `digits.caffemodel`, `images/`, `labels.csv` and `labels.txt` into `folder`. */
export async function writeSample(
  folder: string,
  layers: readonly CaffeLayerDescription[],
  heldOut: readonly Digit[],
): Promise<void> {
  await writeFileAtomically(join(folder, 'digits.caffemodel'), encodeCaffeModel(networkName, layers));
  await rm(join(folder, 'images'), { recursive: true, force: true });
  await mkdir(join(folder, 'images'));
  const lines = ['file,class'];
  for (const { name, digit } of samplePictures(heldOut)) {
    const raw = { width: digitSize, height: digitSize, channels: 1 } as const;
    await sharp(digit.pixels, { raw })
      .toColourspace('b-w')
      .png()
      .toFile(join(folder, 'images', name));
    lines.push(`${name},${digit.label}`);
  }
  await writeFileAtomically(join(folder, 'labels.csv'), `${lines.join('\n')}\n`);
  const names = Array.from({ length: classCount }, (_, label) => `${label}\n`);
  await writeFileAtomically(join(folder, 'labels.txt'), names.join(''));
}

/** The first held-out digits of each class, with the names of their files. The split is seeded, so these are the same each time. */
export function samplePictures(heldOut: readonly Digit[]): readonly { readonly name: string; readonly digit: Digit }[] {
  return Array.from({ length: classCount }, (_, label) =>
    heldOut
      .filter((digit) => digit.label === label)
      .slice(0, picturesPerClass)
      .map((digit, index) => ({ name: `${label}-${index + 1}.png`, digit })),
  ).flat();
}
