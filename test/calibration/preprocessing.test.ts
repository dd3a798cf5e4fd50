import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMeanFile } from '../../core/caffe/mean-file.ts';
import { npyToTensor, readNpy } from '../../core/common/npy.ts';
import { normalise } from '../../core/images/normalise.ts';
import { decodeToPixels } from '../../core/images/pixels.ts';
import { resolvePreprocessing, type PreprocessingFlags } from '../../core/images/resolve-preprocessing.ts';
import { hasTestData, testData } from '../support/paths.ts';

const size = (width: number, height = width): { readonly width: number; readonly height: number } => ({
  width,
  height,
});

interface Case {
  readonly model: string;
  readonly image: string;
  readonly flags: PreprocessingFlags;
  readonly meanFile?: boolean;
}

/** What models.json says of each model, as flags. */
const cases: readonly Case[] = [
  {
    model: 'squeezenet_v1.1',
    image: 'imagenet/n02099267_flat-coated_retriever.jpg',
    flags: { size: size(256), mean: [104, 117, 123] },
  },
  {
    model: 'mobilenet_v1_0.25',
    image: 'imagenet/n02099267_flat-coated_retriever.jpg',
    flags: { size: size(256), crop: size(224), mean: [103.53, 116.28, 123.675] },
  },
  {
    model: 'resnet20_cifar10',
    image: 'cifar10/airbus_s_000947.png',
    flags: { mean: [103.53, 116.28, 123.675] },
  },
  { model: 'lenet_mnist', image: 'mnist/t10k_00030.png', flags: { norm: 0.00390625 } },
  { model: 'cifar10_quick', image: 'cifar10/airbus_s_000947.png', flags: { channels: 'rgb' }, meanFile: true },
  { model: 'wechat_qr_detect', image: 'qr/qrcode-1_1.jpg', flags: { norm: 1 / 255 } },
  {
    model: 'ultraface_rfb320',
    image: 'faces/ultraface_23.jpg',
    flags: { channels: 'rgb', mean: [127], norm: 1 / 128 },
  },
  { model: 'yoloface_500k_v2', image: 'faces/ultraface_23.jpg', flags: { channels: 'rgb', norm: 1 / 255 } },
  { model: 'mobilefacenet', image: 'faces112/hf_2.jpg', flags: { channels: 'rgb', mean: [127.5], norm: 0.0078125 } },
];

describe.skipIf(!hasTestData)("pictures become the inputs that OpenCV's users make of them", () => {
  it.each(cases)('$model', async ({ model, image, flags, meanFile }) => {
    const expected = npyToTensor(await readNpy(join(testData, 'reference', model, 'in0.npy')));
    const meanImage =
      meanFile === true ? await readMeanFile(join(testData, 'models', model, 'mean.binaryproto')) : undefined;
    const { preprocessing } = resolvePreprocessing({
      transformParams: [],
      inputShape: expected.shape,
      flags: { ...flags, meanImage },
    });
    const pixels = await decodeToPixels(join(testData, 'images', image), preprocessing);
    const input = normalise(pixels, preprocessing);
    // Equal pixels; the references differ in how they round mean and scale.
    const largest = input.reduce((max, value, i) => Math.max(max, Math.abs(value - expected.data[i])), 0);
    expect(largest).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(preprocessing.norm) * 255));
  });
});
