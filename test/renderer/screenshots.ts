// Takes a picture of every step over the recorded sample:
//
//   npm run screenshots -- [FOLDER] [1280x800,1920x1080] [en,zh-CN] [light,dark]
//
// Without more said, those in docs/screenshots.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { STEPS } from '../../core/project/steps.ts';
import { TestPages } from './support/page.ts';

const [folder = 'docs/screenshots', sizes = '1280x800', languages = 'en,zh-CN', themes = 'light,dark'] =
  process.argv.slice(2);

/** A window has few colours: with a palette of them its picture is half as large. */
async function take(page: Page, path: string): Promise<void> {
  await sharp(await page.screenshot())
    .png({ palette: true, colours: 256, effort: 10, dither: 0 })
    .toFile(path);
}

await mkdir(folder, { recursive: true });
const pages = await TestPages.start();
for (const size of sizes.split(',')) {
  const [width, height] = size.split('x').map(Number);
  for (const language of languages.split(',') as ('en' | 'zh-CN')[]) {
    for (const theme of themes.split(',')) {
      const dark = theme === 'dark';
      const name = (what: string): string => join(folder, `${what}-${language}-${theme}-${size}.png`);
      const start = await pages.open({ language, dark, width, height });
      await take(start, name('0-start'));
      await start.close();
      const page = await pages.open({ project: 'after', language, dark, width, height });
      for (const [position, step] of STEPS.entries()) {
        await page.locator('nav li button').nth(position).click();
        await page.waitForTimeout(700);
        await take(page, name(`${position + 1}-${step}`));
      }
      await page.close();
    }
  }
}
await pages.close();
