import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Builds the window's pages into `build/renderer`. Paths are relative, since the app serves them over its own protocol. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [svelte({ configFile: fileURLToPath(new URL('svelte.config.js', import.meta.url)) })],
  build: {
    outDir: fileURLToPath(new URL('../build/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome114',
    assetsInlineLimit: 0,
    // All of it is read from the disk, in one go.
    chunkSizeWarningLimit: 2048,
  },
  worker: { format: 'es' },
});
