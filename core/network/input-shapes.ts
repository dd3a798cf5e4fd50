import type { Fields } from '../caffe/fields.ts';
import { checkExtents, type InputDescription, type LayerDescription } from '../caffe/net.ts';
import { CortadoError } from '../common/errors.ts';
import type { Shape } from '../common/tensor.ts';
import { transformParameters } from './transform.ts';
import type { WiredInput } from './wire.ts';

export interface InputShapeOptions {
  /** Shapes by blob name; they win over the file. */
  readonly inputShapes?: Readonly<Record<string, Shape>>;
  /** The shape of every input that `inputShapes` does not name; wins over the file. */
  readonly inputShape?: Shape | undefined;
  /** Replaces the first extent of every input that the caller gives no shape for; `file` keeps the file's. */
  readonly batch?: number | 'file';
}

/** The shape of an input from the caller or from the file. Throws CortadoError `network.input-shape`. */
export function inputShape({ version, source, index }: WiredInput, file: string, options: InputShapeOptions): Shape {
  const given = options.inputShapes?.[version.blob] ?? options.inputShape;
  if (given !== undefined) return given;
  const stated = 'fields' in source ? statedShape(source, index) : inputOfNet(source);
  if (stated === undefined) {
    const location = {
      file,
      line: 'fields' in source ? source.fields.line : source.line,
      field: `input "${version.blob}"`,
    };
    throw new CortadoError(
      'network.input-shape',
      `The file does not say which shape the input ${version.blob} has.`,
      `Give its shape (--input-shape 1 3 224 224: number, channels, height, width), or replace the data layer by an Input layer with input_param { shape { ... } }.`,
      { location },
    );
  }
  const batch = options.batch ?? 1;
  return batch === 'file' || stated.length < 2 ? stated : [batch, ...stated.slice(1)];
}

function inputOfNet(source: InputDescription): Shape | undefined {
  return source.shape;
}

function statedShape({ type, fields, name }: LayerDescription, index: number): Shape | undefined {
  switch (type) {
    case 'Input':
      return shapeField(fields.nested('input_param'), index);
    case 'DummyData':
      return shapeField(fields.nested('dummy_data_param'), index) ?? legacyDummyShape(fields, index);
    case 'MemoryData': {
      const parameters = fields.nested('memory_data_param');
      return ['batch_size', 'channels', 'height', 'width'].map((extent) => parameters.required(extent));
    }
    default: {
      // Pictures: three channels unless the file says gray, and the size of the crop.
      const transform = transformParameters(fields, name);
      if (transform?.crop === undefined) return undefined;
      const isGray = transform.forceGray || !fields.nested('image_data_param').boolean('is_color', true);
      return [1, isGray ? 1 : 3, transform.crop.height, transform.crop.width];
    }
  }
}

/** `shape` once for every top, or once for all. */
function shapeField(parameters: Fields, index: number): Shape | undefined {
  const shapes = parameters.all('shape');
  const chosen = shapes.at(index) ?? shapes.at(0);
  if (chosen === undefined) return undefined;
  const shape = chosen.numbers('dim');
  checkExtents(shape, chosen.file, chosen.line, `${chosen.path}.dim`);
  return shape.length === 0 ? undefined : shape;
}

function legacyDummyShape(fields: Fields, index: number): Shape | undefined {
  const parameters = fields.nested('dummy_data_param');
  const extents = ['num', 'channels', 'height', 'width'].map((name) => {
    const values = parameters.numbers(name);
    return values.at(index) ?? values.at(0);
  });
  const shape = extents.flatMap((extent) => (extent === undefined ? [] : [extent]));
  return shape.length === 4 ? shape : undefined;
}
