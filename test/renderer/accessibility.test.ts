import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEPS } from '../../core/project/steps.ts';
import { hasBrowser, TestPages } from './support/page.ts';

/** Contrasts are slow to look at, on a busy computer above all. */
const TIMEOUT_MS = 300_000;

/** What axe finds wrong, short enough to read. */
async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] });
  const { violations: found } = await (rules === undefined ? axe : axe.withRules([...rules])).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  );
}

/** The same of every step. */
async function violationsOfSteps(page: Page, rules?: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const [position, step] of STEPS.entries()) {
    await page.locator('nav li button').nth(position).click();
    await page.locator(`h1[data-step=${step}]`).waitFor();
    await page.waitForTimeout(400);
    found.push(...(await violations(page, rules)).map((each) => `${step}: ${each}`));
  }
  return found;
}

describe.skipIf(!hasBrowser)('axe finds nothing', { timeout: TIMEOUT_MS }, () => {
  let pages: TestPages;
  beforeAll(async () => {
    pages = await TestPages.start();
  });
  afterAll(() => pages.close());

  for (const [language, dark] of [
    ['en', false],
    ['zh-CN', true],
  ] as const) {
    const where = `${language}, ${dark ? 'dark' : 'light'}`;
    it(`on the start screen and in the settings (${where})`, async () => {
      const page = await pages.open({ language, dark });
      expect(await violations(page)).toEqual([]);
      await page.locator('header button').first().click();
      expect(await violations(page)).toEqual([]);
      await page.close();
    });

    // Before its stages a step shows less of the same: once is enough.
    for (const project of dark ? (['after'] as const) : (['before', 'after'] as const)) {
      it(`in any step ${project} its stages (${where})`, async () => {
        const page = await pages.open({ language, dark, project });
        expect(await violationsOfSteps(page)).toEqual([]);
        await page.close();
      });
    }
  }

  /** What depends on the size: where things are and whether they can be reached, not their names and colours. */
  const ofSize = ['scrollable-region-focusable', 'target-size', 'aria-hidden-focus', 'region', 'skip-link', 'bypass'];
  for (const [width, height] of [
    [1024, 700],
    [2560, 1440],
  ] as const) {
    it(`in any step at ${width} by ${height}`, async () => {
      const page = await pages.open({ project: 'after', width, height });
      expect(await violationsOfSteps(page, ofSize)).toEqual([]);
      await page.close();
    });
  }
});
