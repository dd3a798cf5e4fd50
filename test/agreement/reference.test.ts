import { describe, expect, it } from 'vitest';
import { hasTestData } from '../support/paths.ts';
import {
  boxTolerance,
  caseNames,
  compareCase,
  compareModel,
  modelNames,
  tolerance,
  type BlobAgreement,
} from './compare.ts';

function expectAgreement(blobs: readonly BlobAgreement[]): void {
  expect(blobs.length).toBeGreaterThan(0);
  for (const { layer, difference, boxes } of blobs) {
    if (boxes === undefined) expect(difference, layer).toBeLessThanOrEqual(tolerance);
    else {
      expect(difference, layer).toBeLessThanOrEqual(boxTolerance);
      expect(boxes.wanted).toBeGreaterThan(0);
      expect(boxes.found).toBe(boxes.wanted);
    }
  }
}

describe.skipIf(!hasTestData)('forward agrees with reference outputs', () => {
  it.each(hasTestData ? modelNames() : [])('%s', async (name) => {
    expectAgreement(await compareModel(name));
  });

  it.each(hasTestData ? caseNames() : [])('ops/%s', async (name) => {
    expectAgreement(await compareCase(name));
  });
});
