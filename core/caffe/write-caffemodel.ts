import protobuf from 'protobufjs/minimal.js';
import type { Tensor } from '../common/tensor.ts';

/** A layer of a .caffemodel: what weights are found by, and the weights. */
export interface WritableLayer {
  readonly name: string;
  /** Caffe's type name: `Convolution`. */
  readonly type: string;
  readonly bottoms: readonly string[];
  readonly tops: readonly string[];
  /** Weights first, then the bias, as Caffe orders them; empty for a layer without. */
  readonly blobs: readonly Tensor[];
}

/** Field numbers of caffe.proto; those of strings and messages, all of wire type 2. */
const netParameter = { name: 1, layer: 100 };
const layerParameter = { name: 1, type: 2, bottom: 3, top: 4, blobs: 7 };
const blobProto = { data: 5, shape: 7 };
const blobShape = { dim: 1 };

/**
 * A binary NetParameter (V2 layers, float blobs with a `shape`), as Caffe's own snapshots have it but without the layers'
 * parameters: those stand in the prototxt.
 * @throws RangeError where a blob's data does not fit its shape (a defect of the caller)
 */
export function encodeCaffeModel(name: string, layers: readonly WritableLayer[]): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(tag(netParameter.name)).string(name);
  for (const layer of layers) {
    writer.uint32(tag(netParameter.layer)).fork();
    writeLayer(writer, layer);
    writer.ldelim();
  }
  return writer.finish();
}

function writeLayer(writer: protobuf.Writer, layer: WritableLayer): void {
  writer.uint32(tag(layerParameter.name)).string(layer.name);
  writer.uint32(tag(layerParameter.type)).string(layer.type);
  for (const bottom of layer.bottoms) writer.uint32(tag(layerParameter.bottom)).string(bottom);
  for (const top of layer.tops) writer.uint32(tag(layerParameter.top)).string(top);
  for (const blob of layer.blobs) {
    writer.uint32(tag(layerParameter.blobs)).fork();
    writeBlob(writer, blob);
    writer.ldelim();
  }
}

function writeBlob(writer: protobuf.Writer, { shape, data }: Tensor): void {
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (count !== data.length) throw new RangeError(`shape ${shape.join('x')} does not hold ${data.length} values`);
  writer.uint32(tag(blobProto.shape)).fork();
  writer.uint32(tag(blobShape.dim)).fork();
  for (const extent of shape) writer.int64(extent);
  writer.ldelim().ldelim();
  // Packed floats and bytes are the same on the wire (a length, then the values, little-endian like every host of ours),
  // and bytes are copied as a whole where floats would go one by one.
  writer.uint32(tag(blobProto.data)).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function tag(field: number): number {
  return (field << 3) | 2;
}
