import { stat } from 'node:fs/promises';
import { readPackage } from '../build/package/read.ts';
import type { PackageNeeds } from './check.ts';

/** What a package file asks of a board. Throws what readPackage throws. */
export async function packageNeeds(path: string): Promise<PackageNeeds> {
  const { fingerprint, network } = await readPackage(path);
  const { target, precision, cpuFeatures, memory } = fingerprint;
  const { size } = await stat(path);
  return { name: network.name, target, precision, cpuFeatures, memoryBytes: memory, packageBytes: size };
}
