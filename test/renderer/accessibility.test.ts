import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEPS } from '../../core/project/steps.ts';
import { hasBrowser, TestPages } from './support/page.ts';

/** What axe finds wrong, short enough to read. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  );
}

describe.skipIf(!hasBrowser)('axe finds nothing', () => {
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
        const found: string[] = [];
        for (const [position, step] of STEPS.entries()) {
          await page.locator('nav li button').nth(position).click();
          await page.locator(`h1[data-step=${step}]`).waitFor();
          await page.waitForTimeout(400);
          found.push(...(await violations(page)).map((each) => `${step}: ${each}`));
        }
        expect(found).toEqual([]);
        await page.close();
      });
    }
  }
});
