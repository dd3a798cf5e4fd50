import type { Builder } from 'flatbuffers';
import type { PackageAccelerator, PackageBlob, PackageRun } from './accelerator.ts';
import { DATA_ALIGNMENT } from './format.ts';
import {
  Accelerator,
  AcceleratorBlob,
  AcceleratorRun,
  AcceleratorStamp,
  BlobFormat,
} from './generated/package_generated';
import { createOffsets, createVector } from './vectors.ts';

const FORMATS = { planes: BlobFormat.Planes, narrow: BlobFormat.Narrow, raw: BlobFormat.Raw } as const;

/** Writes the accelerator's part of a package and returns where it lies. */
export function writeAccelerator(builder: Builder, model: PackageAccelerator): number {
  const part = builder.createString(model.part);
  const board = builder.createString(model.board);
  const constants = createVector(builder, model.constants, DATA_ALIGNMENT);
  const blobs = createOffsets(
    builder,
    model.blobs.map((blob) => writeBlob(builder, blob)),
  );
  const runs = createOffsets(
    builder,
    model.runs.map((run) => writeRun(builder, run)),
  );
  return Accelerator.createAccelerator(
    builder,
    part,
    board,
    model.config,
    model.fingerprint,
    BigInt(model.clockHz),
    BigInt(model.memoryBytesPerSecond),
    constants,
    model.blobBytes,
    model.stampBytes,
    blobs,
    runs,
  );
}

function writeBlob(builder: Builder, { tensor, format, offset, layout }: PackageBlob): number {
  const channels = createVector(builder, Uint32Array.from(layout));
  return AcceleratorBlob.createAcceleratorBlob(builder, tensor, FORMATS[format], offset, channels);
}

function writeRun(builder: Builder, run: PackageRun): number {
  const program = createVector(builder, run.program, DATA_ALIGNMENT);
  const inputs = createVector(builder, Uint32Array.from(run.inputs));
  const outputs = createVector(builder, Uint32Array.from(run.outputs));
  const stamps = createOffsets(
    builder,
    run.stamps.map(({ operation, index, estimatedEnd, estimatedBytes }) =>
      AcceleratorStamp.createAcceleratorStamp(builder, operation, index, BigInt(estimatedEnd), BigInt(estimatedBytes)),
    ),
  );
  return AcceleratorRun.createAcceleratorRun(
    builder,
    run.firstOperation,
    run.operations,
    program,
    inputs,
    outputs,
    stamps,
    BigInt(run.estimatedCycles),
    BigInt(run.estimatedBytes),
  );
}

/** Bytes that the part takes in a package, about. */
export function acceleratorBytes({ constants, runs, blobs }: PackageAccelerator): number {
  const programs = runs.reduce((sum, { program, stamps }) => sum + program.length + 64 * stamps.length + 256, 0);
  return constants.length + programs + 64 * blobs.length + 256;
}
