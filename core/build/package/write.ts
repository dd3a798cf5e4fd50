import { Builder, ByteBuffer } from 'flatbuffers';
import { crc32, bytesOf } from './crc32.ts';
import { DATA_ALIGNMENT, FORMAT_VERSION } from './format.ts';
import {
  Checksum,
  DataType,
  Fingerprint,
  Golden,
  Package,
  Preprocessing,
  Tensor,
  TensorData,
} from './generated/package_generated';
import type { Fingerprint as FingerprintModel, GoldenTensor, PackageModel, PackagePreprocessing } from './model.ts';
import { createOffsets, createVector } from './vectors.ts';
import { acceleratorBytes, writeAccelerator } from './write-accelerator.ts';
import { writeOperation } from './write-operation.ts';

/** The bytes of a package file, checksum included. */
export function encodePackage(model: PackageModel): Uint8Array {
  const builder = new Builder(estimatedBytes(model));
  const { network } = model;
  const name = builder.createString(network.name);
  const fingerprint = writeFingerprint(builder, model.fingerprint);
  const tensors = createOffsets(
    builder,
    network.tensors.map((tensor, index) => {
      const tensorName = builder.createString(tensor.name);
      const shape = createVector(builder, Uint32Array.from(tensor.shape));
      const check = model.checks.get(index);
      const type = tensor.type === 'int8' ? DataType.Int8 : DataType.Float32;
      return Tensor.createTensor(builder, tensorName, shape, type, tensor.scale, check ?? 0, check !== undefined);
    }),
  );
  const inputs = createVector(builder, Uint32Array.from(network.inputs));
  const outputs = createVector(builder, Uint32Array.from(network.outputs));
  const operations = createOffsets(
    builder,
    network.operations.map((operation) => writeOperation(builder, operation)),
  );
  const preprocessing = writePreprocessing(builder, model.preprocessing);
  const labels = createOffsets(
    builder,
    model.labels.map((label) => builder.createString(label)),
  );
  const golden = createOffsets(
    builder,
    model.golden.map((entry) =>
      Golden.createGolden(
        builder,
        writeGoldenTensors(builder, entry.inputs),
        writeGoldenTensors(builder, entry.outputs),
      ),
    ),
  );
  const accelerator = model.accelerator === undefined ? 0 : writeAccelerator(builder, model.accelerator);

  Package.startPackage(builder);
  Package.addFormatVersion(builder, FORMAT_VERSION);
  Package.addChecksum(builder, Checksum.createChecksum(builder, 0));
  Package.addName(builder, name);
  Package.addFingerprint(builder, fingerprint);
  Package.addTensors(builder, tensors);
  Package.addInputs(builder, inputs);
  Package.addOutputs(builder, outputs);
  Package.addOperations(builder, operations);
  Package.addPreprocessing(builder, preprocessing);
  Package.addLabels(builder, labels);
  Package.addGolden(builder, golden);
  Package.addMacs(builder, BigInt(model.macs));
  Package.addAccelerator(builder, accelerator);
  Package.finishPackageBuffer(builder, Package.endPackage(builder));

  const bytes = builder.asUint8Array();
  const checksum = Package.getRootAsPackage(new ByteBuffer(bytes)).checksum();
  if (checksum === null) throw new Error('the package was written without a checksum');
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(checksum.bb_pos, crc32(bytes), true);
  return bytes;
}

function writeFingerprint(builder: Builder, model: FingerprintModel): number {
  const builderName = builder.createString(model.builder);
  const target = builder.createString(model.target);
  const precision = builder.createString(model.precision);
  const cpuFeatures = createOffsets(
    builder,
    model.cpuFeatures.map((feature) => builder.createString(feature)),
  );
  const modelSha256 = builder.createString(model.modelSha256);
  const tableSha256 = model.tableSha256 === undefined ? 0 : builder.createString(model.tableSha256);
  const bitstream = model.bitstream === undefined ? 0 : builder.createString(model.bitstream);
  Fingerprint.startFingerprint(builder);
  Fingerprint.addBuilder(builder, builderName);
  Fingerprint.addTarget(builder, target);
  Fingerprint.addPrecision(builder, precision);
  Fingerprint.addCpuFeatures(builder, cpuFeatures);
  Fingerprint.addBitstream(builder, bitstream);
  Fingerprint.addMemory(builder, BigInt(model.memory));
  Fingerprint.addModelSha256(builder, modelSha256);
  Fingerprint.addTableSha256(builder, tableSha256);
  return Fingerprint.endFingerprint(builder);
}

function writePreprocessing(builder: Builder, model: PackagePreprocessing): number {
  const channels = builder.createString(model.channels);
  const mean = createVector(builder, model.mean);
  const meanImage = createVector(builder, model.meanImage);
  const table = createVector(builder, model.table);
  Preprocessing.startPreprocessing(builder);
  Preprocessing.addResizeWidth(builder, model.resize.width);
  Preprocessing.addResizeHeight(builder, model.resize.height);
  Preprocessing.addCropWidth(builder, model.crop.width);
  Preprocessing.addCropHeight(builder, model.crop.height);
  Preprocessing.addChannels(builder, channels);
  Preprocessing.addNorm(builder, model.norm);
  Preprocessing.addMean(builder, mean);
  Preprocessing.addMeanImage(builder, meanImage);
  Preprocessing.addTable(builder, table);
  return Preprocessing.endPreprocessing(builder);
}

function writeGoldenTensors(builder: Builder, tensors: readonly GoldenTensor[]): number {
  return createOffsets(
    builder,
    tensors.map(({ tensor, data, tolerance }) => {
      const bytes = createVector(builder, bytesOf(data), DATA_ALIGNMENT);
      const type =
        data instanceof Uint8Array ? DataType.UInt8 : data instanceof Int8Array ? DataType.Int8 : DataType.Float32;
      return TensorData.createTensorData(builder, tensor, type, bytes, tolerance);
    }),
  );
}

/** Enough for the whole file in nearly every case, so that the builder does not grow by copying. */
function estimatedBytes({ network, golden, preprocessing, accelerator }: PackageModel): number {
  let bytes =
    65_536 +
    (accelerator === undefined ? 0 : acceleratorBytes(accelerator)) +
    512 * (network.tensors.length + network.operations.length);
  for (const operation of network.operations) {
    if (operation.kind === 'convolution') bytes += operation.form.weights.byteLength + 24 * operation.outputChannels;
  }
  for (const { inputs, outputs } of golden) {
    for (const { data } of [...inputs, ...outputs]) bytes += data.byteLength;
  }
  bytes += preprocessing.meanImage.byteLength + preprocessing.table.byteLength;
  // The builder fills its buffer from the end: a round size aligns the start, so that readers need no copy.
  return Math.ceil(bytes / DATA_ALIGNMENT) * DATA_ALIGNMENT;
}
