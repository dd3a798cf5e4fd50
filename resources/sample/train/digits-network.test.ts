import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeNet } from '../../../core/caffe/net.ts';
import { Adam } from './adam.ts';
import { DigitsNetwork } from './digits-network.ts';
import { classCount } from './digits.ts';
import { Random } from './random.ts';

/** Ten noisy stripes, each in a place of its own, as the batch. */
function fill(network: DigitsNetwork, random: Random): void {
  const { value, area } = network.data;
  for (let label = 0; label < classCount; label++) {
    network.probabilities.labels[label] = label;
    for (let pixel = 0; pixel < area; pixel++) {
      const ink = Math.floor((pixel % 28) / 3) === label ? 0.8 : 0;
      value[label * area + pixel] = ink + 0.1 * random.uniform();
    }
  }
}

function trained(steps: number): { readonly losses: readonly number[]; readonly network: DigitsNetwork } {
  const random = new Random(5);
  const network = new DigitsNetwork(classCount, random);
  const adam = new Adam(network.parameters);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    fill(network, random);
    network.forward(true);
    losses.push(network.probabilities.loss());
    network.backward();
    adam.step(0.005);
  }
  return { losses, network };
}

describe('DigitsNetwork', () => {
  it('has the layers of deploy.prototxt, in their order and with their blobs', async () => {
    const file = join(import.meta.dirname, '..', 'deploy.prototxt');
    const written = describeNet(await readFile(file, 'utf8'), file);
    const place = (layer: {
      readonly name: string;
      readonly type: string;
      readonly bottoms: readonly string[];
      readonly tops: readonly string[];
    }): string => `${layer.name} (${layer.type}): ${layer.bottoms.join(' ')} -> ${layer.tops.join(' ')}`;
    const network = new DigitsNetwork(1, new Random(1));
    expect(network.describe().map(place)).toEqual(written.layers.map(place));
    expect(written.warnings).toEqual([]);
  });

  it('learns, and learns the same a second time', () => {
    const first = trained(12);
    expect(first.losses[0]).toBeGreaterThan(1.5);
    expect(first.losses[11]).toBeLessThan(first.losses[0] / 2);
    const again = trained(3);
    expect(again.losses).toEqual(first.losses.slice(0, 3));
    expect(again.network.describe()).toEqual(trained(3).network.describe());
  });
});
