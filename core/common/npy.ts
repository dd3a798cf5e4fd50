import { CortadoError } from './errors.ts';
import { writeFileAtomically } from './files.ts';
import { readInputFile } from './read-input.ts';
import { elementCount, shapeText, type Shape, type Tensor } from './tensor.ts';

export type NpyData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array;

/** An array of a .npy file in C order. */
export interface NpyArray {
  readonly shape: Shape;
  readonly data: NpyData;
}

type NpyConstructor = new (buffer: ArrayBuffer) => NpyData;

const constructors: Readonly<Record<string, NpyConstructor>> = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '|i1': Int8Array,
  '|u1': Uint8Array,
  '<i2': Int16Array,
  '<u2': Uint16Array,
  '<i4': Int32Array,
  '<u4': Uint32Array,
  '<i8': BigInt64Array,
};

const magic = '\x93NUMPY';

/** Reads a .npy file. Throws CortadoError `file.read`, `npy.format`. */
export async function readNpy(path: string): Promise<NpyArray> {
  return parseNpy(await readInputFile(path, 'The array'), path);
}

/** The same values as float32, whatever the file's type. */
export function npyToTensor({ shape, data }: NpyArray): Tensor {
  if (data instanceof Float32Array) return { shape, data };
  return { shape, data: data instanceof BigInt64Array ? Float32Array.from(data, Number) : Float32Array.from(data) };
}

/** Parses the bytes of a .npy file, format versions 1 to 3 (NumPy's NEP 1). */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  const text = (start: number, end: number): string => new TextDecoder('latin1').decode(bytes.subarray(start, end));
  // The platform's latin1 is windows-1252, which has another character for 0x93.
  if (bytes[0] !== 0x93 || text(1, 6) !== magic.slice(1) || bytes.length < 12)
    throw refused(file, 'it is no .npy file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirstVersion = bytes[6] === 1;
  const headerStart = isFirstVersion ? 10 : 12;
  const headerLength = isFirstVersion ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataStart = headerStart + headerLength;
  if (dataStart > bytes.length) throw refused(file, 'its header is cut off');
  const { type, fortran, shape } = parseHeader(text(headerStart, dataStart), file);
  const Constructor = Object.hasOwn(constructors, type) ? constructors[type] : undefined;
  if (Constructor === undefined) throw refused(file, `its type ${type} is not handled`);
  if (fortran && shape.length > 1) throw refused(file, 'it is in Fortran order');
  const wanted = elementCount(shape) * Number(type.slice(2));
  if (!Number.isSafeInteger(wanted) || wanted !== bytes.length - dataStart) {
    throw refused(
      file,
      `${shapeText(shape)} of type ${type} takes ${wanted} bytes and it has ${bytes.length - dataStart}`,
    );
  }
  const content = new Uint8Array(bytes.subarray(dataStart));
  return { shape, data: new Constructor(content.buffer) };
}

function parseHeader(header: string, file: string): { type: string; fortran: boolean; shape: Shape } {
  const type = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const extents = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (type === undefined || order === undefined || extents === undefined) throw refused(file, 'its header is damaged');
  const shape = extents.split(',').filter((extent) => extent.trim() !== '');
  return { type, fortran: order === 'True', shape: shape.map((extent) => parseInt(extent, 10)) };
}

function refused(file: string, why: string): CortadoError {
  return new CortadoError(
    'npy.format',
    `The array cannot be read: ${why}.`,
    'Save it with numpy.save as a plain C-ordered array: numpy.ascontiguousarray(a, dtype="float32").',
    { location: { file } },
  );
}

/** The bytes of a .npy file, version 1. */
export function encodeNpy({ shape, data }: NpyArray): Uint8Array {
  const type = Object.entries(constructors).find(([, Constructor]) => data instanceof Constructor)?.[0] ?? '';
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${extents}), }`;
  // NumPy wants the data at a multiple of 64 and a newline before it.
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const result = new Uint8Array(10 + padded.length + data.byteLength);
  result.set([0x93, ...new TextEncoder().encode(magic.slice(1)), 1, 0, padded.length & 0xff, padded.length >> 8]);
  result.set(new TextEncoder().encode(padded), 10);
  result.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded.length);
  return result;
}

/** Writes a .npy file, whole or not at all. Throws CortadoError `file.write`. */
export async function writeNpy(path: string, array: NpyArray): Promise<void> {
  await writeFileAtomically(path, encodeNpy(array));
}
