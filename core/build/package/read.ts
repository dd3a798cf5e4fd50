import { ByteBuffer } from 'flatbuffers';
import { CortadoError, errorText } from '../../common/errors.ts';
import { readInputFile } from '../../common/read-input.ts';
import type { QuantizedTensor } from '../../quantization/quantized-network.ts';
import { operationInputs } from '../../quantization/quantized-network.ts';
import { crc32 } from './crc32.ts';
import { FILE_IDENTIFIER, FORMAT_VERSION } from './format.ts';
import { DataType, Package, type TensorData } from './generated/package_generated';
import type { Fingerprint, Golden, GoldenTensor, PackageModel, PackagePreprocessing } from './model.ts';
import { readAccelerator } from './read-accelerator.ts';
import { readOperation } from './read-operation.ts';
import { required } from './required.ts';

/** Reads and checks a package file. Throws `file.read` and what decodePackage throws, with the file's name. */
export async function readPackage(path: string): Promise<PackageModel> {
  return decodePackage(await readInputFile(path, 'The package'), path);
}

/**
 * Checks identifier, format version and checksum, then reads the whole package. Arrays of the result are views of `bytes`
 * where these are aligned, else of a copy.
 *
 * Throws `package.not-a-package`, `package.version` (made by another version of Cortado) and `package.damaged`.
 *
 * @param file name for messages
 */
export function decodePackage(bytes: Uint8Array, file?: string): PackageModel {
  const location = file === undefined ? {} : { file };
  const aligned = bytes.byteOffset % 16 === 0 ? bytes : bytes.slice();
  const buffer = new ByteBuffer(aligned);
  if (aligned.length < 32 || !Package.bufferHasIdentifier(buffer)) {
    throw new CortadoError(
      'package.not-a-package',
      `This is not a Cortado package: it does not have the mark ${FILE_IDENTIFIER}.`,
      'Give a file that "cortado build" wrote.',
      { location },
    );
  }
  try {
    const root = Package.getRootAsPackage(buffer);
    const version = root.formatVersion();
    if (version !== FORMAT_VERSION) throw otherVersion(version, location);
    requireChecksum(aligned, root);
    return readModel(root, aligned.length);
  } catch (cause) {
    if (cause instanceof CortadoError) throw cause;
    throw new CortadoError(
      'package.damaged',
      `The package is damaged: ${errorText(cause)}.`,
      'Copy it again, or build it again with "cortado build".',
      { location, cause },
    );
  }
}

function otherVersion(version: number, location: { readonly file?: string }): CortadoError {
  return new CortadoError(
    'package.version',
    version > FORMAT_VERSION
      ? `The package was made by a newer version of Cortado (format ${version}; this one reads up to ${FORMAT_VERSION}).`
      : `The package has the format ${version}, which this version of Cortado does not read (it reads ${FORMAT_VERSION}).`,
    version > FORMAT_VERSION ? 'Update Cortado, or build the package with this version.' : 'Build the package again.',
    { location },
  );
}

function requireChecksum(bytes: Uint8Array, root: Package): void {
  const checksum = required(root.checksum(), 'checksum');
  const position = checksum.bb_pos;
  const before = crc32(bytes.subarray(0, position));
  const actual = crc32(bytes.subarray(position + 4), crc32(new Uint8Array(4), before));
  if (actual !== checksum.crc32()) throw new Error('its checksum does not match its content');
}

function readModel(root: Package, size: number): PackageModel {
  const checks = new Map<number, number>();
  const tensors = list(root.tensorsLength(), size, (index): QuantizedTensor => {
    const tensor = required(root.tensors(index), 'tensors');
    if (tensor.hasCheck()) checks.set(index, tensor.check());
    return {
      name: required(tensor.name(), 'name'),
      shape: Array.from(required(tensor.shapeArray(), 'shape')),
      type: tensor.type() === DataType.Int8 ? 'int8' : 'float32',
      scale: tensor.scale(),
    };
  });
  const operations = list(root.operationsLength(), size, (index) =>
    readOperation(required(root.operations(index), 'operations'), tensors),
  );
  const inputs = Array.from(required(root.inputsArray(), 'inputs'));
  const outputs = Array.from(required(root.outputsArray(), 'outputs'));
  for (const index of [...inputs, ...outputs, ...operations.flatMap((op) => [op.output, ...operationInputs(op)])]) {
    if (index >= tensors.length) throw new Error(`it names blob ${index} of ${tensors.length}`);
  }
  const accelerator = root.accelerator();
  const fingerprint = readFingerprint(root, size);
  if ((fingerprint.target === 'fpga') !== (accelerator !== null)) throw new Error('its target and its content differ');
  return {
    network: { name: required(root.name(), 'name'), tensors, inputs, outputs, operations },
    checks,
    fingerprint,
    preprocessing: readPreprocessing(root),
    labels: list(root.labelsLength(), size, (index) => root.labels(index)),
    golden: list(root.goldenLength(), size, (index): Golden => {
      const golden = required(root.golden(index), 'golden');
      return {
        inputs: list(golden.inputsLength(), size, (i) => readGoldenTensor(golden.inputs(i))),
        outputs: list(golden.outputsLength(), size, (i) => readGoldenTensor(golden.outputs(i))),
      };
    }),
    macs: Number(root.macs()),
    ...(accelerator === null
      ? {}
      : {
          accelerator: readAccelerator(
            accelerator,
            { tensors: tensors.length, operations: operations.length },
            (length, read) => list(length, size, read),
          ),
        }),
  };
}

function readFingerprint(root: Package, size: number): Fingerprint {
  const fingerprint = required(root.fingerprint(), 'fingerprint');
  const target = fingerprint.target();
  const precision = fingerprint.precision();
  if (target !== 'neon' && target !== 'fpga') throw new Error(`its target ${String(target)} is not known`);
  if (precision !== 'int8' && precision !== 'fp16' && precision !== 'fp32') {
    throw new Error(`its precision ${String(precision)} is not known`);
  }
  const tableSha256 = fingerprint.tableSha256();
  const bitstream = fingerprint.bitstream();
  return {
    builder: required(fingerprint.builder(), 'builder'),
    target,
    precision,
    cpuFeatures: list(fingerprint.cpuFeaturesLength(), size, (index) => fingerprint.cpuFeatures(index)),
    memory: Number(fingerprint.memory()),
    modelSha256: required(fingerprint.modelSha256(), 'model_sha256'),
    ...(bitstream === null ? {} : { bitstream }),
    ...(tableSha256 === null ? {} : { tableSha256 }),
  };
}

function readPreprocessing(root: Package): PackagePreprocessing {
  const preprocessing = required(root.preprocessing(), 'preprocessing');
  const channels = preprocessing.channels();
  return {
    resize: { width: preprocessing.resizeWidth(), height: preprocessing.resizeHeight() },
    crop: { width: preprocessing.cropWidth(), height: preprocessing.cropHeight() },
    channels: channels === 'bgr' || channels === 'rgb' || channels === 'gray' ? channels : 'unknown',
    norm: preprocessing.norm(),
    mean: preprocessing.meanArray() ?? new Float32Array(),
    meanImage: preprocessing.meanImageArray() ?? new Float32Array(),
    table: preprocessing.tableArray() ?? new Int8Array(),
  };
}

function readGoldenTensor(entry: TensorData | null): GoldenTensor {
  const golden = required(entry, 'golden');
  const bytes = required(golden.dataArray(), 'data');
  return { tensor: golden.tensor(), data: goldenData(golden.type(), bytes), tolerance: golden.tolerance() };
}

function goldenData(type: DataType, bytes: Uint8Array): GoldenTensor['data'] {
  switch (type) {
    case DataType.UInt8:
      return bytes;
    case DataType.Int8:
      return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    case DataType.Float32:
      return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    case DataType.Int32:
    case DataType.Float16:
      throw new Error('golden data is neither int8 nor float32');
  }
}

/** A vector of the package; one that claims more entries than the file has room for is damage, not work. */
function list<T>(length: number, size: number, read: (index: number) => T): readonly T[] {
  if (length * 4 > size) throw new Error(`it claims a list of ${length} entries`);
  return Array.from({ length }, (_, index) => read(index));
}
