import { isDeepStrictEqual } from 'node:util';
import { ProgressMeter } from '../common/progress.ts';
import type { ValueId } from '../graph/graph.ts';
import { BlobMeasurement, type OptionsRequest } from './blob-measurement.ts';
import type { BlobOption } from './blob-option.ts';
import { readValues } from './candidates.ts';
import { equalisationFactors } from './equalise.ts';
import { offsetClasses } from './offsets.ts';

/** Shares of the difficulty that equalisation leaves with the blob. */
const shares = [1, 0.5] as const;

/**
 * What every way to make a value int8 costs the network's outputs, measured with that value (and the weights of the layers
 * that read it) in int8 and everything else in float, so that one way is compared with another without the noise of all
 * the rest. Small noise adds up over blobs, so the best way of each is nearly the best of all together.
 *
 * @returns by value that a layer reads; values that fp32 cannot be had of are left out
 */
export async function blobOptions(request: OptionsRequest): Promise<ReadonlyMap<ValueId, readonly BlobOption[]>> {
  const { graph, network, signal } = request;
  const offsets = offsetClasses(graph, new Set());
  const values = [...new Set(readValues(graph).values())].filter((id) => network.values.has(id));
  const factors = new Map(shares.map((share) => [share, equalisationFactors(graph, request.channels, share)] as const));
  const meter = new ProgressMeter('measuring blobs', values.length, 'blobs', request.onProgress);
  const options = new Map<ValueId, readonly BlobOption[]>();
  for (const [index, id] of values.entries()) {
    signal?.throwIfAborted();
    let passes = 0;
    const own = new BlobMeasurement(request, id, () => {
      // A blob takes hundreds of them.
      meter.report(index, `${id} · ${++passes}`);
    });
    await own.begin();
    const found: BlobOption[] = [...(await own.methods())];
    if (found.length > 0) {
      const largest = Math.max(...found.map(({ threshold }) => threshold));
      found.push(...(await own.search(largest, offsets.has(id))));
      const seen: Float64Array[] = [];
      for (const share of shares) {
        const divisors = factors.get(share)?.get(id);
        // Where all readers are depthwise, one share is as good as another.
        if (divisors === undefined || seen.some((other) => isDeepStrictEqual(other, divisors))) continue;
        seen.push(divisors);
        found.push(...(await own.equalised(share, divisors, offsets.has(id))));
      }
    }
    options.set(id, found);
    meter.report(index + 1, id);
  }
  return options;
}
