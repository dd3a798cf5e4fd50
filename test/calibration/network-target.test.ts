import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foldTable } from '../../core/calibration/fold-table.ts';
import { tableFormats } from '../../core/calibration/formats/index.ts';
import { calibrationTarget } from '../../core/calibration/network-target.ts';
import type { ScaleTable, TableFormat } from '../../core/calibration/table.ts';
import type { CalibrationTarget } from '../../core/calibration/target.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { hasTestData, testData } from '../support/paths.ts';

async function targetOf(model: string): Promise<CalibrationTarget> {
  const folder = join(testData, 'models', model);
  return calibrationTarget(
    await loadNetwork({ proto: join(folder, 'deploy.prototxt'), model: join(folder, 'weights.caffemodel') }),
  );
}

function weightTable(format: TableFormat, target: CalibrationTarget): ScaleTable {
  const definition = tableFormats[format];
  const lines = definition
    .weightLayers(target)
    .map(({ name, type, weights }) => [name, definition.weightScales(weights, type, definition.defaultGroup)] as const);
  return { format, activationKey: definition.activationKey, weights: new Map(lines), activations: new Map() };
}

describe.skipIf(!hasTestData)('calibrationTarget', () => {
  it('knows the weights of MobileNet before and after BatchNorm and Scale are folded', async () => {
    const target = await targetOf('mobilenet_v1_0.25');
    const convolutions = target.layers.filter(({ weights }) => weights?.kind === 'convolution');
    expect(convolutions).toHaveLength(27);
    for (const { weights } of convolutions) expect(weights?.folded).not.toEqual(weights?.data);
    expect(target.layers.filter(({ weights }) => weights?.kind === 'inner-product')).toHaveLength(1);
  });

  it('a table of file weights means the same 8 bits after folding', async () => {
    const target = await targetOf('mobilenet_v1_0.25');
    const table = weightTable('dev-weight', target);
    const folded = foldTable(table, target);
    for (const { name, weights } of target.layers) {
      const [before, after] = [table.weights.get(name), folded.weights.get(name)];
      if (weights === undefined || before === undefined || after === undefined) continue;
      const perChannel = weights.data.length / weights.outputChannels;
      let largest = 0;
      weights.data.forEach((weight, i) => {
        const channel = Math.floor(i / perChannel);
        if (after[channel] === 0) return;
        const difference = Math.abs(weight * before[channel]) - Math.abs(weights.folded[i] * after[channel]);
        largest = Math.max(largest, Math.abs(difference));
      });
      expect(largest, name).toBeLessThan(1e-3);
    }
    const ncnn = weightTable('ncnn', target);
    expect(foldTable(ncnn, target)).toBe(ncnn);
  });

  it('runs LeNet one picture at a time, though its file says a batch', async () => {
    const target = await targetOf('lenet_mnist');
    expect([...target.inputs.values()]).toEqual([[1, 1, 28, 28]]);
  });
});
