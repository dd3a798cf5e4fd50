// Builds the app into build/app: main, preload script and engine as CommonJS for the oldest runtime that we run on, and the
// window's page with Vite.
//
//   node electron/packaging/build.mjs
import { build } from 'esbuild';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as buildPage } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Loaded from node_modules: they bring binaries of their own. */
const NATIVE = ['electron', 'onnxruntime-node', 'sharp'];
/** Optional binaries of ssh2, which has JavaScript for all that they do. */
const LEFT_OUT = ['cpu-features', './crypto/build/Release/sshcrypto.node'];

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node18',
  external: [...NATIVE, ...LEFT_OUT],
  sourcemap: 'linked',
  logLevel: 'warning',
  legalComments: 'none',
  // CommonJS has no import.meta: this is what its url would be.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

/**
 * @param output where the bundles go, two folders below the repository's root
 * @param page a folder with a page that is copied as it is; the window's own is built where it is absent
 */
export async function buildApp({ output = join(root, 'build', 'app'), page } = {}) {
  rmSync(output, { recursive: true, force: true });
  await Promise.all([
    build({ ...common, entryPoints: ['electron/main/index.ts'], outfile: join(output, 'main.cjs') }),
    build({ ...common, entryPoints: ['electron/main/updater.ts'], outfile: join(output, 'updater.cjs') }),
    build({ ...common, entryPoints: ['electron/engine/index.ts'], outfile: join(output, 'engine.cjs') }),
    build({ ...common, entryPoints: ['electron/worker/index.ts'], outfile: join(output, 'worker.cjs') }),
    // The preload script runs in a sandbox: it has no Node, only Electron's few modules.
    build({
      ...common,
      banner: {},
      define: {},
      platform: 'browser',
      target: 'chrome114',
      // It is compiled before every page.
      minify: true,
      entryPoints: ['electron/preload/index.ts'],
      outfile: join(output, 'preload.cjs'),
      external: ['electron'],
    }),
  ]);
  const target = join(output, 'renderer');
  if (page === undefined) {
    const configFile = join(root, 'renderer', 'vite.config.ts');
    await buildPage({ configFile, logLevel: 'warn', build: { outDir: target, emptyOutDir: true } });
  } else {
    cpSync(page, target, { recursive: true });
  }
  // Lets Electron start the folder by itself.
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(output, 'package.json'), JSON.stringify({ name: 'cortado', version, main: 'main.cjs' }));
  if (!existsSync(join(target, 'index.html'))) throw new Error('Vite made no page');
  return output;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildApp();
}
