import type { PackageAccelerator, PackageBlob, PackageRun, PackageStamp } from './accelerator.ts';
import { BlobFormat, type Accelerator, type AcceleratorBlob, type AcceleratorRun } from './generated/package_generated';
import { required } from './required.ts';

const INSTRUCTION_BYTES = 16;

/**
 * Reads the accelerator's part of a package. Throws where it names a blob or an operation that is not there; what the programs
 * themselves say is for the agent to check.
 *
 * @param list reads a vector of the file
 */
export function readAccelerator(
  table: Accelerator,
  counts: { readonly tensors: number; readonly operations: number },
  list: <T>(length: number, read: (index: number) => T) => readonly T[],
): PackageAccelerator {
  const blobs = list(table.blobsLength(), (index) => readBlob(required(table.blobs(index), 'blobs')));
  const runs = list(table.runsLength(), (index) => readRun(required(table.runs(index), 'runs'), list));
  for (const index of [...blobs.map(({ tensor }) => tensor), ...runs.flatMap((run) => [...run.inputs, ...run.outputs])])
    if (index >= counts.tensors) throw new Error(`its accelerator names blob ${index} of ${counts.tensors}`);
  for (const { firstOperation, operations, program } of runs) {
    if (firstOperation + operations > counts.operations)
      throw new Error('its accelerator runs operations that are not there');
    if (program.length % INSTRUCTION_BYTES !== 0) throw new Error('a program of its accelerator is cut off');
  }
  return {
    part: required(table.part(), 'part'),
    board: required(table.board(), 'board'),
    config: table.config(),
    fingerprint: table.fingerprint(),
    clockHz: Number(table.clockHz()),
    memoryBytesPerSecond: Number(table.memoryBytesPerSecond()),
    constants: required(table.constantsArray(), 'constants'),
    blobBytes: table.blobBytes(),
    stampBytes: table.stampBytes(),
    blobs,
    runs,
  };
}

function readBlob(blob: AcceleratorBlob): PackageBlob {
  return {
    tensor: blob.tensor(),
    format: formatOf(blob.format()),
    offset: blob.offset(),
    layout: Array.from(required(blob.layoutArray(), 'layout')),
  };
}

function formatOf(format: BlobFormat): PackageBlob['format'] {
  switch (format) {
    case BlobFormat.Planes:
      return 'planes';
    case BlobFormat.Narrow:
      return 'narrow';
    case BlobFormat.Raw:
      return 'raw';
  }
  // A damaged file may hold any byte here.
  throw new Error(`the format ${String(format)} of a blob is not known`);
}

function readRun(
  run: AcceleratorRun,
  list: <T>(length: number, read: (index: number) => T) => readonly T[],
): PackageRun {
  return {
    firstOperation: run.firstOperation(),
    operations: run.operations(),
    program: required(run.programArray(), 'program'),
    inputs: Array.from(required(run.inputsArray(), 'inputs')),
    outputs: Array.from(required(run.outputsArray(), 'outputs')),
    stamps: list(run.stampsLength(), (index): PackageStamp => {
      const stamp = required(run.stamps(index), 'stamps');
      return {
        operation: stamp.operation(),
        index: stamp.index(),
        estimatedEnd: Number(stamp.estimatedEnd()),
        estimatedBytes: Number(stamp.estimatedBytes()),
      };
    }),
    estimatedCycles: Number(run.estimatedCycles()),
    estimatedBytes: Number(run.estimatedBytes()),
  };
}
