import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { CortadoError } from '../common/errors.ts';
import { randomSource } from '../common/random.ts';
import { parseCaffeModel } from './caffemodel.ts';
import { parseMeanFile } from './mean-file.ts';

type Field = readonly [number, 'bytes' | 'varint' | 'float' | 'double', Uint8Array | number];

const wireTypes = { varint: 0, double: 1, bytes: 2, float: 5 } as const;

/** A message of the given fields, in this order. */
function message(...fields: readonly Field[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [id, kind, value] of fields) {
    writer.uint32(id * 8 + wireTypes[kind]);
    if (typeof value !== 'number') writer.bytes(value);
    else if (kind === 'varint') writer.uint64(value);
    else if (kind === 'float') writer.float(value);
    else writer.double(value);
  }
  return writer.finish();
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const doubles = (...values: number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);

/** A blob of shape 2 x 2 with the given fields for its values. */
function blob(...values: readonly Field[]): Uint8Array {
  return message([7, 'bytes', message([1, 'bytes', Uint8Array.of(2, 2)])], ...values);
}

function v2(name: string, ...blobs: readonly Uint8Array[]): Uint8Array {
  const layer = message([1, 'bytes', text(name)], ...blobs.map((content): Field => [7, 'bytes', content]));
  return message([1, 'bytes', text('net')], [100, 'bytes', layer]);
}

function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function valuesOf(bytes: Uint8Array, layer = 'c'): number[][] {
  const blobs = parseCaffeModel(owned(bytes), 'm.caffemodel').layers.get(layer) ?? [];
  return blobs.map(({ data }) => [...data]);
}

function errorOf(bytes: Uint8Array): CortadoError {
  try {
    parseCaffeModel(owned(bytes), 'm.caffemodel');
  } catch (error) {
    if (error instanceof CortadoError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const packed: Field = [5, 'bytes', floats(1, -2, 3.5, 4)];

describe('parseCaffeModel', () => {
  it('reads V2 layers', () => {
    const model = parseCaffeModel(owned(v2('c', blob(packed), blob(packed))), 'm.caffemodel');
    expect(model.layers.get('c')).toEqual([
      { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 4) },
      { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 4) },
    ]);
  });

  it('reads V1 layers and V0 layers nested in them, with num, channels, height and width', () => {
    const extents: Field[] = [1, 2, 3, 4].map((id) => [id, 'varint', id === 4 ? 4 : 1]);
    const legacy = message(...extents, packed);
    const inV1 = message([2, 'bytes', message([5, 'varint', 4], [4, 'bytes', text('c')], [6, 'bytes', legacy])]);
    const inV0 = message([2, 'bytes', message([1, 'bytes', message([1, 'bytes', text('c')], [50, 'bytes', legacy])])]);
    for (const bytes of [inV1, inV0]) {
      expect(parseCaffeModel(owned(bytes), 'm').layers.get('c')).toEqual([
        { shape: [1, 1, 1, 4], data: Float32Array.of(1, -2, 3.5, 4) },
      ]);
    }
  });

  it('takes values one by one, in several runs, as doubles and as half precision', () => {
    const one = [1, -2, 3.5, 4].map((value): Field => [5, 'float', value]);
    const runs: Field[] = [
      [5, 'bytes', floats(1, -2)],
      [5, 'bytes', floats(3.5)],
      [5, 'float', 4],
    ];
    const single = [1, -2, 3.5, 4].map((value): Field => [8, 'double', value]);
    const halves = Uint8Array.of(0x00, 0x3c, 0x00, 0xc0, 0x00, 0x43, 0x00, 0x44);
    const raw = (type: number, bytes: Uint8Array): Field[] => [
      [10, 'varint', type],
      [12, 'bytes', bytes],
    ];
    const forms = [
      one,
      runs,
      single,
      [[8, 'bytes', doubles(1, -2, 3.5, 4)] as const],
      raw(0, doubles(1, -2, 3.5, 4)),
      raw(1, floats(1, -2, 3.5, 4)),
      raw(2, halves),
    ];
    for (const form of forms) expect(valuesOf(v2('c', blob(...form)))).toEqual([[1, -2, 3.5, 4]]);
  });

  it('does not copy values: they lie in the file at any alignment', () => {
    for (const name of ['c', 'cc', 'ccc', 'cccc']) {
      const bytes = owned(v2(name, blob(packed), blob(packed)));
      const blobs = parseCaffeModel(bytes, 'm').layers.get(name) ?? [];
      for (const { data } of blobs) {
        expect(data.buffer).toBe(bytes.buffer);
        expect([...data]).toEqual([1, -2, 3.5, 4]);
      }
    }
  });

  it.each([
    [
      'a length past the end',
      message([100, 'bytes', floats(1)]).with(2, 200),
      'caffe.damaged',
      /wire type|announced|past the end|no field/,
    ],
    [
      'a blob of 2^40 bytes',
      Uint8Array.of(0xa2, 6, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1),
      'caffe.damaged',
      /announced/,
    ],
    ['an endless number', Uint8Array.of(...Array<number>(11).fill(0xff)), 'caffe.damaged', /ten bytes/],
    [
      'a shape that the values do not fill',
      v2('c', blob([5, 'bytes', floats(1)])),
      'caffe.blob-shape',
      /2x2 .4 values. and holds 1/,
    ],
    ['cut values', v2('c', blob([5, 'bytes', Uint8Array.of(1, 2, 3)])), 'caffe.damaged', /cut/],
    ['integers', v2('c', blob([10, 'varint', 3], [12, 'bytes', floats(1)])), 'caffe.blob-type', /raw type 3/],
    ['an empty file', Uint8Array.of(), 'caffe.not-a-caffemodel', /empty/],
    ['a prototxt', text('name: "x"\nlayer { }'), 'caffe.not-a-caffemodel', /text/],
    ['an HDF5 file', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10), 'caffe.not-a-caffemodel', /HDF5/],
    ['another protobuf', message([1, 'bytes', text('x')]), 'caffe.not-a-caffemodel', /no layer/],
  ])('refuses %s', (_, bytes, code, expected) => {
    const error = errorOf(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(expected);
    expect(error.location.file).toBe('m.caffemodel');
  });

  it('names layer, blob and byte where a file is cut off', () => {
    const whole = v2('conv1', blob(packed));
    const error = errorOf(whole.subarray(0, whole.length - 5));
    expect(error.code).toBe('caffe.damaged');
    expect(error.message).toMatch(/at byte \d+ of \d+/);
  });

  it('refuses every prefix of a file that loses values, and nothing else happens', () => {
    const whole = v2('conv1', blob(packed), blob(packed));
    for (let length = 6; length < whole.length; length += 1) {
      expect(errorOf(whole.subarray(0, length)).code).toMatch(/^caffe\./);
    }
  });

  it('survives random damage: it reads, or refuses with an error of its own', () => {
    const random = randomSource(7);
    const whole = v2('conv1', blob(packed), blob([10, 'varint', 2], [12, 'bytes', floats(1, 2)]));
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = owned(whole);
      const changes = 1 + Math.floor(random() * 4);
      for (let change = 0; change < changes; change += 1) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      try {
        parseCaffeModel(bytes, 'm');
      } catch (error) {
        expect(error).toBeInstanceOf(CortadoError);
      }
    }
  });
});

describe('parseMeanFile', () => {
  it('reads channels, height and width', () => {
    const extents: Field[] = [1, 2, 3, 4].map((id) => [id, 'varint', [1, 1, 2, 2][id - 1]]);
    expect(parseMeanFile(owned(message(...extents, packed)), 'mean')).toEqual({
      channels: 1,
      height: 2,
      width: 2,
      data: Float32Array.of(1, -2, 3.5, 4),
    });
  });

  it('refuses a blob that is no picture', () => {
    expect(() => parseMeanFile(owned(message(packed)), 'mean')).toThrow(CortadoError);
    expect(() => parseMeanFile(owned(Uint8Array.of(0xff)), 'mean')).toThrow(CortadoError);
  });
});
