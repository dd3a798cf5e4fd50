import { CortadoError } from '../common/errors.ts';
import { Fields } from './fields.ts';
import { fieldsNamed, isMessage, type Field, type Message } from './message.ts';

// The first format of Caffe (2013): `layers { layer { name type and all parameters } bottom top }`. It becomes what it
// would be in V2, following UpgradeV0Net of Caffe's upgrade_proto.cpp; lines stay those of the file.

const v2Types: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  bnll: 'BNLL',
  concat: 'Concat',
  conv: 'Convolution',
  data: 'Data',
  dropout: 'Dropout',
  euclidean_loss: 'EuclideanLoss',
  flatten: 'Flatten',
  hdf5_data: 'HDF5Data',
  hdf5_output: 'HDF5Output',
  im2col: 'Im2col',
  images: 'ImageData',
  infogain_loss: 'InfogainLoss',
  innerproduct: 'InnerProduct',
  lrn: 'LRN',
  multinomial_logistic_loss: 'MultinomialLogisticLoss',
  padding: 'Padding',
  pool: 'Pooling',
  relu: 'ReLU',
  sigmoid: 'Sigmoid',
  softmax: 'Softmax',
  softmax_loss: 'SoftmaxWithLoss',
  split: 'Split',
  tanh: 'TanH',
  window_data: 'WindowData',
};

const convolutionFields = {
  num_output: 'num_output',
  biasterm: 'bias_term',
  weight_filler: 'weight_filler',
  bias_filler: 'bias_filler',
  pad: 'pad',
  kernelsize: 'kernel_size',
  group: 'group',
  stride: 'stride',
};

const transformFields = { scale: 'scale', meanfile: 'mean_file', cropsize: 'crop_size', mirror: 'mirror' };

/** Where the fields of each type go: the V2 message and the names there. */
const parameters: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>> = {
  Convolution: ['convolution_param', convolutionFields],
  InnerProduct: [
    'inner_product_param',
    { num_output: 'num_output', biasterm: 'bias_term', weight_filler: 'weight_filler', bias_filler: 'bias_filler' },
  ],
  Pooling: ['pooling_param', { pool: 'pool', pad: 'pad', kernelsize: 'kernel_size', stride: 'stride' }],
  Dropout: ['dropout_param', { dropout_ratio: 'dropout_ratio' }],
  LRN: ['lrn_param', { local_size: 'local_size', alpha: 'alpha', beta: 'beta', k: 'k' }],
  Concat: ['concat_param', { concat_dim: 'axis' }],
  Data: ['transform_param', transformFields],
  ImageData: ['transform_param', transformFields],
  WindowData: ['transform_param', transformFields],
};

/** Whether a V1 layer message is a V0 one: its layer is a message of its own. */
export function isV0(layer: Fields): boolean {
  return layer.has('layer');
}

/** V0 layers as V2 ones; padding layers are taken up by the convolution or pooling after them. */
export function upgradeV0(layers: readonly Fields[]): Fields[] {
  const paddings = new Map<string, Padding>();
  const upgraded: Fields[] = [];
  for (const layer of layers) {
    const v2 = takeUpPadding(upgradeLayer(layer), paddings);
    if (v2.string('type') === 'Padding') paddings.set(v2.string('top', ''), paddingOf(layer, v2));
    else upgraded.push(v2);
  }
  return upgraded;
}

/** What a padding layer stands for: a pad of the layers that read its top. */
interface Padding {
  readonly bottom: string;
  readonly pad: Field;
}

function paddingOf(v0: Fields, v2: Fields): Padding {
  const inner = v0.nested('layer');
  const pad = fieldsNamed(inner.message, 'pad').at(-1);
  if (pad === undefined) throw inner.missing('pad');
  return { bottom: v2.string('bottom', ''), pad };
}

function upgradeLayer(layer: Fields): Fields {
  const inner = layer.nested('layer');
  const written = inner.string('type', '');
  const type = Object.hasOwn(v2Types, written) ? v2Types[written] : written;
  const moved = Object.hasOwn(parameters, type) ? parameters[type] : undefined;
  const fields: Field[] = [
    ...fieldsNamed(inner.message, 'name'),
    ...fieldsNamed(inner.message, 'type').map((field) => ({ ...field, value: { text: type, quoted: true } })),
    ...layer.message.fields.filter(({ name }) => name === 'bottom' || name === 'top'),
    ...(moved === undefined ? [] : [parameterField(inner.message, moved[0], moved[1])]),
  ];
  return withFields(layer, fields);
}

function parameterField(inner: Message, name: string, names: Readonly<Record<string, string>>): Field {
  const fields = inner.fields.flatMap((field) =>
    Object.hasOwn(names, field.name) ? [{ ...field, name: names[field.name] }] : [],
  );
  return { name, line: inner.line, value: { line: inner.line, fields } };
}

function withFields(layer: Fields, fields: readonly Field[]): Fields {
  return new Fields({ line: layer.line, fields }, 'LayerParameter', layer.path, layer.file, layer.line);
}

function takeUpPadding(layer: Fields, paddings: ReadonlyMap<string, Padding>): Fields {
  const padding = paddings.get(layer.string('bottom', ''));
  if (padding === undefined) return layer;
  const type = layer.string('type');
  if (type !== 'Convolution' && type !== 'Pooling') {
    throw new CortadoError(
      'caffe.v0-padding',
      `A padding layer is followed by a layer of type ${type ?? 'none'}; only a convolution or a pooling takes it up.`,
      'Move the padding into the layers that need it.',
      { location: layer.locate('bottom') },
    );
  }
  const parameter = parameters[type][0];
  const fields = layer.message.fields.map((field): Field => {
    if (field.name === 'bottom') return { ...field, value: { text: padding.bottom, quoted: true } };
    if (field.name !== parameter || !isMessage(field.value)) return field;
    return { ...field, value: { ...field.value, fields: [...field.value.fields, padding.pad] } };
  });
  return withFields(layer, fields);
}
