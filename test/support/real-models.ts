import { join } from 'node:path';
import { readMeanFile } from '../../core/caffe/mean-file.ts';
import { elementCount, type Shape, type Tensor } from '../../core/common/tensor.ts';
import { listImages } from '../../core/images/list-images.ts';
import { normalise } from '../../core/images/normalise.ts';
import { decodeToPixels } from '../../core/images/pixels.ts';
import type { ChannelOrder, Mean, PixelSize, Preprocessing } from '../../core/images/preprocessing.ts';
import { testData } from './paths.ts';

/** A model of the test data with what its `models.json` says in words: its pictures and how they become inputs. */
export interface RealModel {
  readonly name: string;
  /** Folder of pictures. */
  readonly images: string;
  readonly preprocessing: Preprocessing;
  /** Width and height change places after everything else. */
  readonly transposed?: boolean;
  readonly meanFile?: boolean;
}

const size = (width: number, height = width): PixelSize => ({ width, height });
const values = (...list: readonly number[]): Mean => ({ kind: 'values', values: list });

function model(
  name: string,
  images: string,
  channels: ChannelOrder,
  crop: PixelSize,
  mean: Mean,
  norm: number,
  more: Partial<RealModel> & { readonly resize?: PixelSize } = {},
): RealModel {
  const { resize = crop, ...rest } = more;
  return { name, images, preprocessing: { resize, crop, channels, mean, norm }, ...rest };
}

const imagenet = values(103.53, 116.28, 123.675);
const grey = values(127.5, 127.5, 127.5);
const none = values();

export const realModels: readonly RealModel[] = [
  model('cifar10_quick', 'cifar10', 'rgb', size(32), none, 1, { meanFile: true }),
  model('cifar10_quick_v1fmt', 'cifar10', 'rgb', size(32), none, 1, { meanFile: true }),
  model('hyperlpr_chars', 'mnist', 'gray', size(14, 30), none, 1 / 255),
  model('hyperlpr_finemapping_v2', 'plates', 'bgr', size(66, 16), none, 1 / 255),
  model('lenet_mnist', 'mnist', 'gray', size(28), none, 0.00390625),
  model('mobilefacenet', 'faces112', 'rgb', size(112), grey, 0.0078125),
  model('mobilenet_v1_0.25', 'imagenet', 'bgr', size(224), imagenet, 1, { resize: size(256) }),
  model('mtcnn_det1', 'faces112', 'rgb', size(12), grey, 0.0078125, { transposed: true }),
  model('mtcnn_det2', 'faces112', 'rgb', size(24), grey, 0.0078125, { transposed: true }),
  model('mtcnn_det3', 'faces112', 'rgb', size(48), grey, 0.0078125, { transposed: true }),
  model('resnet20_cifar10', 'cifar10', 'bgr', size(32), imagenet, 1),
  model('retinaface_widerface', 'faces', 'bgr', size(640), values(104, 117, 123), 1),
  model('squeezenet_v1.1', 'imagenet', 'bgr', size(227), values(104, 117, 123), 1, { resize: size(256) }),
  model('ultraface_rfb320', 'faces', 'rgb', size(320, 240), values(127, 127, 127), 1 / 128),
  model('wechat_qr_detect', 'qr', 'gray', size(384), none, 1 / 255),
  model('wechat_qr_sr', 'qr', 'gray', size(224), none, 1 / 255),
  model('yoloface_500k_v2', 'faces', 'rgb', size(352, 288), none, 1 / 255),
];

/** `count` of the model's pictures, evenly spread over the folder. */
export async function picturesOf({ images }: RealModel, count: number): Promise<readonly string[]> {
  const all = await listImages(join(testData, 'images', images));
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0).slice(0, count);
}

/** A picture as the network's input. */
export async function inputOf(real: RealModel, picture: string, shape: Shape): Promise<Tensor> {
  const preprocessing = await preprocessingOf(real);
  const data = normalise(await decodeToPixels(picture, preprocessing), preprocessing);
  if (data.length !== elementCount(shape)) throw new RangeError(`${picture} does not become ${shape.join('x')}`);
  return { shape, data: real.transposed === true ? transposed(data, preprocessing.crop) : data };
}

/** With the mean image, where the model has one. */
export async function preprocessingOf({ name, preprocessing, meanFile }: RealModel): Promise<Preprocessing> {
  if (meanFile !== true) return preprocessing;
  const image = await readMeanFile(join(testData, 'models', name, 'mean.binaryproto'));
  const mean: Mean = { kind: 'image', channels: image.channels, size: preprocessing.crop, data: image.data };
  return { ...preprocessing, mean };
}

function transposed(data: Float32Array, { width, height }: PixelSize): Float32Array {
  const plane = width * height;
  return data.map((_, index) => {
    const within = index % plane;
    return data[index - within + (within % height) * width + Math.floor(within / height)];
  });
}
