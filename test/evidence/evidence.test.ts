import { describe, expect, it } from 'vitest';
import { gatherEvidence } from '../../core/evidence/evidence.ts';
import { findPreprocessing } from '../../core/evidence/findings.ts';
import type { Preprocessing } from '../../core/images/preprocessing.ts';
import { loadModel } from '../support/int8-model.ts';
import { hasTestData } from '../support/paths.ts';
import { picturesOf, preprocessingOf, realModels, type RealModel } from '../support/real-models.ts';

function modelOf(name: string): RealModel {
  const model = realModels.find((candidate) => candidate.name === name);
  if (model === undefined) throw new Error(`no model ${name}`);
  return model;
}

async function surerThan(name: string, change: (right: Preprocessing) => Preprocessing): Promise<string | undefined> {
  const model = modelOf(name);
  const network = await loadModel(name);
  const preprocessing = change(await preprocessingOf(model));
  const pictures = await picturesOf(model, 8);
  const { surer, warning, variants } = await gatherEvidence({ network, preprocessing, pictures });
  expect(variants[0].guesses.map((guesses) => guesses.length)).toEqual(pictures.map(() => 5));
  expect(warning === undefined).toBe(surer === undefined);
  return surer?.changes.join();
}

describe.skipIf(!hasTestData)('evidence of preprocessing', { timeout: 60_000 }, () => {
  it.each(['squeezenet_v1.1', 'mobilenet_v1_0.25', 'resnet20_cifar10', 'cifar10_quick', 'lenet_mnist'])(
    'raises no alarm where %s is prepared rightly',
    async (name) => {
      expect(await surerThan(name, (right) => right)).toBeUndefined();
    },
  );

  it('warns of swapped channels', async () => {
    const swapped = (right: Preprocessing): Preprocessing => ({
      ...right,
      channels: 'rgb',
      mean: right.mean.kind === 'values' ? { kind: 'values', values: right.mean.values.toReversed() } : right.mean,
    });
    expect(await surerThan('mobilenet_v1_0.25', swapped)).toBe('channels swapped');
  });

  it.each(['squeezenet_v1.1', 'mobilenet_v1_0.25', 'resnet20_cifar10'])(
    'warns of a norm that %s never had',
    async (name) => {
      expect(await surerThan(name, (right) => ({ ...right, norm: 1 / 255 }))).toBe('norm 1');
      expect(await surerThan(name, (right) => ({ ...right, norm: 0.017 }))).toBe('norm 1');
    },
  );

  it('warns of a missing norm, though every answer is certain then', async () => {
    expect(await surerThan('resnet20_cifar10', (right) => ({ ...right, norm: 255 }))).toBe('norm 1');
  });

  it('warns of a missing mean', async () => {
    const noMean = (right: Preprocessing): Preprocessing => ({ ...right, mean: { kind: 'values', values: [] } });
    expect(await surerThan('mobilenet_v1_0.25', noMean)).toBe('usual mean');
  });

  it('finds the mean image beside the prototxt', async () => {
    const findings = await findPreprocessing(await loadModel('cifar10_quick'));
    expect(findings.map(({ source, text }) => [source, text])).toEqual([
      ['mean file', 'mean.binaryproto: a mean image of 3 x 32 x 32.'],
    ]);
    expect(findings[0].suggests.meanImage).toMatchObject({ channels: 3, height: 32, width: 32 });
  });

  it('refuses a detector, whose answers are no classes', async () => {
    await expect(surerThan('ultraface_rfb320', (right) => right)).rejects.toMatchObject({
      code: 'evidence.not-a-classifier',
    });
  });
});
