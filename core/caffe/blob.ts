import { elementCount, shapeText, type Shape } from '../common/tensor.ts';
import { CortadoError } from '../common/errors.ts';
import { FloatValues } from './float-values.ts';
import { halvesToFloats } from '../common/half.ts';
import { wireType, type ByteRange, type Tag, type WireReader } from './wire.ts';

/** A blob as a binary file holds it. */
export interface WeightBlob {
  readonly shape: Shape;
  /** As many values as the shape has; empty where the file states a shape and leaves the values out. */
  readonly data: Float32Array;
}

/** Field numbers of BlobProto; 10 and 12 are NVIDIA's and OpenCV's half precision extension. */
const field = {
  num: 1,
  channels: 2,
  height: 3,
  width: 4,
  data: 5,
  shape: 7,
  doubleData: 8,
  rawType: 10,
  rawData: 12,
} as const;

const rawDouble = 0;
const rawFloat = 1;
const rawHalf = 2;
/** Caffe's own limit on the axes of a blob. */
const mostAxes = 32;

/**
 * Reads one BlobProto. Values are a view of the file's bytes where they lie there as float32.
 * @throws CortadoError `caffe.damaged`, `caffe.blob-shape`, `caffe.blob-type`
 */
export function readBlob(reader: WireReader): WeightBlob {
  const content = new BlobContent(reader);
  while (!reader.done) content.read(reader.readTag());
  return content.finish();
}

class BlobContent {
  private readonly legacy = [0, 0, 0, 0];
  private shape: number[] | undefined;
  private readonly floats: FloatValues;
  private doubles: Float32Array | undefined;
  private rawType: number = rawFloat;
  private raw: ByteRange | undefined;
  private readonly startedAt: number;

  constructor(private readonly reader: WireReader) {
    this.floats = new FloatValues(reader.bytes);
    this.startedAt = reader.offset;
  }

  read(tag: Tag): void {
    const { reader } = this;
    switch (tag.field) {
      case field.num:
      case field.channels:
      case field.height:
      case field.width:
        reader.expect(tag.type, wireType.varint);
        this.legacy[tag.field - field.num] = reader.readVarint();
        break;
      case field.shape:
        reader.expect(tag.type, wireType.bytes);
        this.shape = readShape(reader.readMessage(`${reader.path}.shape`));
        break;
      case field.data:
        this.readFloats(tag.type);
        break;
      case field.doubleData:
        this.readDoubles(tag.type);
        break;
      case field.rawType:
        reader.expect(tag.type, wireType.varint);
        this.rawType = reader.readVarint();
        break;
      case field.rawData:
        reader.expect(tag.type, wireType.bytes);
        this.raw = reader.readRange();
        break;
      default:
        reader.skip(tag);
    }
  }

  finish(): WeightBlob {
    const data = this.values();
    const shape = this.shape ?? (this.legacy.some((extent) => extent > 0) ? this.legacy : [data.length]);
    const count = elementCount(shape);
    if (data.length > 0 && count !== data.length) {
      throw new CortadoError(
        'caffe.blob-shape',
        `The blob is ${shapeText(shape)} (${count} values) and holds ${data.length} (at byte ${this.startedAt}).`,
        'The file is damaged or was written by another tool: take it from its source again.',
        { location: { file: this.reader.file, field: this.reader.path } },
      );
    }
    return { shape, data };
  }

  private readFloats(type: number): void {
    const { reader } = this;
    if (type === wireType.fixed32) {
      this.floats.addValue(reader.readFloat());
      return;
    }
    reader.expect(type, wireType.bytes);
    const range = reader.readRange();
    if ((range.end - range.start) % 4 !== 0)
      throw reader.damaged('float values are cut', range.start, `${reader.path}.data`);
    this.floats.addRun(range);
  }

  private readDoubles(type: number): void {
    const { reader } = this;
    if (type === wireType.fixed64) {
      // One tag per value, as an old writer leaves it: gathered with the floats.
      this.floats.addValue(reader.readDouble());
      return;
    }
    reader.expect(type, wireType.bytes);
    this.doubles = this.doublesIn(reader.readRange());
  }

  private doublesIn(range: ByteRange): Float32Array {
    const { reader } = this;
    const bytes = range.end - range.start;
    if (bytes % 8 !== 0) throw reader.damaged('double values are cut', range.start);
    const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset + range.start, bytes);
    return Float32Array.from({ length: bytes / 8 }, (_, index) => view.getFloat64(8 * index, true));
  }

  private values(): Float32Array {
    if (this.raw !== undefined) return this.rawValues(this.raw);
    if (this.floats.length > 0) return this.floats.take();
    return this.doubles ?? new Float32Array(0);
  }

  private rawValues(range: ByteRange): Float32Array {
    const { reader } = this;
    const bytes = range.end - range.start;
    if (this.rawType === rawDouble) return this.doublesIn(range);
    if (this.rawType === rawHalf) {
      if (bytes % 2 !== 0) throw reader.damaged('half precision values are cut', range.start);
      return halvesToFloats(reader.bytes.subarray(range.start, range.end));
    }
    if (this.rawType === rawFloat) {
      if (bytes % 4 !== 0) throw reader.damaged('float values are cut', range.start);
      const floats = new FloatValues(reader.bytes);
      floats.addRun(range);
      return floats.take();
    }
    throw new CortadoError(
      'caffe.blob-type',
      `The blob's values have raw type ${this.rawType} (integers), which no float layer has.`,
      'Give the float model that this one was made from.',
      { location: { file: reader.file, field: reader.path } },
    );
  }
}

function readShape(reader: WireReader): number[] {
  const extents: number[] = [];
  while (!reader.done) {
    const tag = reader.readTag();
    if (tag.field === 1) reader.readVarints(tag.type, extents, mostAxes);
    else reader.skip(tag);
  }
  return extents;
}
