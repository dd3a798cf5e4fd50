import { svelte } from '@sveltejs/vite-plugin-svelte';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build, preview, type PreviewServer } from 'vite';

const harness = fileURLToPath(new URL('../harness', import.meta.url));
/** Debian's; elsewhere CORTADO_CHROMIUM names one. */
const EXECUTABLE = process.env.CORTADO_CHROMIUM ?? '/usr/bin/chromium';

/** Whether there is a browser to test with. */
export const hasBrowser = existsSync(EXECUTABLE);

export interface PageOptions {
  readonly project?: 'before' | 'after';
  readonly language?: 'en' | 'zh-CN';
  readonly dark?: boolean;
  readonly stageMs?: number;
  readonly noVirtualBoard?: string;
  readonly width?: number;
  readonly height?: number;
}

/** The window's page over the double, served on loopback, in a browser without a window. */
export class TestPages {
  private constructor(
    private readonly folder: string,
    private readonly server: PreviewServer,
    private readonly browser: Browser,
  ) {}

  static async start(): Promise<TestPages> {
    const folder = await mkdtemp(join(tmpdir(), 'cortado-page-'));
    await build({
      configFile: false,
      root: harness,
      base: './',
      logLevel: 'error',
      plugins: [svelte({ configFile: fileURLToPath(new URL('../../../renderer/svelte.config.js', import.meta.url)) })],
      build: { outDir: folder, emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 4096 },
      worker: { format: 'es' },
    });
    const server = await preview({
      configFile: false,
      root: harness,
      logLevel: 'error',
      build: { outDir: folder },
      preview: { host: '127.0.0.1', port: 0, open: false },
    });
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-sync',
    ];
    const browser = await chromium.launch({ executablePath: EXECUTABLE, args });
    return new TestPages(folder, server, browser);
  }

  async open({
    project,
    language,
    dark,
    stageMs,
    noVirtualBoard,
    width = 1280,
    height = 800,
  }: PageOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const search = new URLSearchParams({
      ...(project === undefined ? {} : { project }),
      ...(language === undefined ? {} : { language }),
      ...(dark === true ? { dark: '' } : {}),
      ...(noVirtualBoard === undefined ? {} : { noVirtualBoard }),
      ...(stageMs === undefined ? {} : { stageMs: String(stageMs) }),
    });
    await page.goto(`${this.address}?${search.toString()}`);
    await page.locator('h1').first().waitFor();
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private get address(): string {
    const [local] = this.server.resolvedUrls?.local ?? [];
    return local;
  }
}
