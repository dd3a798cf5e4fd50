/** What a process needs beside the model: Node, the runtime, the image library, and what it counts in. */
const ownBytes = 600 * 2 ** 20;
/** A session holds the model once, and twice while it opens it. */
const copies = 2;

/**
 * How many processes calibrate at a time on the processor: one per core, fewer where memory would not hold so many copies of the model,
 * one at the least.
 *
 * @param freeBytes memory that programs can have
 */
export function workerCount(cores: number, freeBytes: number, modelBytes: number): number {
  return Math.max(1, Math.min(cores, Math.floor(freeBytes / (ownBytes + copies * modelBytes))));
}
