import { CortadoError } from '../common/errors.ts';
import { readInputFile } from '../common/read-input.ts';
import { readBlob, type WeightBlob } from './blob.ts';
import { wireType, WireReader } from './wire.ts';

/** The trained values of a network. */
export interface CaffeModel {
  readonly file: string;
  /** By layer name, in Caffe's order (weights, bias, ...); layers without blobs are left out. */
  readonly layers: ReadonlyMap<string, readonly WeightBlob[]>;
}

/** Where the layers of the three formats keep what is needed. */
const layerForms = {
  v0: { name: 1, blobs: 50, nested: undefined },
  v1: { name: 4, blobs: 6, nested: 1 },
  v2: { name: 1, blobs: 7, nested: undefined },
} as const;

type LayerForm = (typeof layerForms)[keyof typeof layerForms];

const netLayersV1 = 2;
const netLayerV2 = 100;

/** Reads a .caffemodel of any format (V0, V1, V2). Throws CortadoError `file.read` and `caffe.*`. */
export async function readCaffeModel(path: string): Promise<CaffeModel> {
  return parseCaffeModel(await readInputFile(path, 'The weights'), path);
}

/**
 * Reads the bytes of a .caffemodel. The result's arrays are views of `bytes`, which is rearranged for that and belongs to
 * the model from here on.
 */
export function parseCaffeModel(bytes: Uint8Array<ArrayBuffer>, file: string): CaffeModel {
  refuseOtherKinds(bytes, file);
  const layers = new Map<string, readonly WeightBlob[]>();
  const reader = new WireReader(bytes, file, 'net');
  let index = 0;
  while (!reader.done) {
    const tag = reader.readTag();
    const isLayer = tag.field === netLayersV1 || tag.field === netLayerV2;
    if (!isLayer || tag.type !== wireType.bytes) {
      reader.skip(tag);
      continue;
    }
    const form = tag.field === netLayersV1 ? layerForms.v1 : layerForms.v2;
    const layer = readLayer(reader.readMessage(`layer[${index}]`), form);
    if (layer.blobs.length > 0) layers.set(layer.name, layer.blobs);
    index += 1;
  }
  if (index === 0) throw notCaffeModel(file, 'it holds no layer');
  return { file, layers };
}

interface NamedBlobs {
  name: string;
  blobs: WeightBlob[];
}

function readLayer(reader: WireReader, form: LayerForm): NamedBlobs {
  const layer: NamedBlobs = { name: '', blobs: [] };
  while (!reader.done) {
    const tag = reader.readTag();
    if (tag.type !== wireType.bytes) {
      reader.skip(tag);
    } else if (tag.field === form.name) {
      layer.name = reader.readText();
    } else if (tag.field === form.blobs) {
      const path = `${layer.name === '' ? reader.path : `layer "${layer.name}"`}.blobs[${layer.blobs.length}]`;
      layer.blobs.push(readBlob(reader.readMessage(path)));
    } else if (tag.field === form.nested) {
      // V0: the layer itself is one message deeper, beside bottoms and tops.
      const inner = readLayer(reader.readMessage(`${reader.path}.layer`), layerForms.v0);
      layer.name = inner.name;
      layer.blobs.push(...inner.blobs);
    } else {
      reader.skip(tag);
    }
  }
  return layer;
}

/** Names the usual mix-ups before they show as damage somewhere in the middle. */
function refuseOtherKinds(bytes: Uint8Array, file: string): void {
  if (bytes.length === 0) throw notCaffeModel(file, 'it is empty');
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 512));
  if (bytes[0] === 0x89 && head.startsWith('HDF', 1))
    throw notCaffeModel(file, 'it is an HDF5 file, which Cortado does not read');
  if (head.startsWith('version https://git-lfs'))
    throw notCaffeModel(file, 'it is a Git LFS pointer, not the file itself');
  if (/^\s*<(!doctype|html)/i.test(head)) throw notCaffeModel(file, 'it is a web page');
  if (/^[\t\n\r\x20-\x7e]*$/.test(head) && /(layers?|name|input)\s*[:{]/.test(head)) {
    throw notCaffeModel(file, 'it is text, like a prototxt');
  }
}

function notCaffeModel(file: string, why: string): CortadoError {
  return new CortadoError(
    'caffe.not-a-caffemodel',
    `This is no caffemodel: ${why}.`,
    'Give the binary .caffemodel with the trained weights.',
    { location: { file } },
  );
}
