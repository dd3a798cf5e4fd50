// npm run app [-- PROJECT]: builds the app from source and starts it, with a project where one is named. Says what to do where
// it cannot run.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildApp } from './build.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const WITHOUT_WINDOW = [
  'Everything that the window does can be done without it:',
  '  npm run demo               takes the bundled network the whole way',
  '  npm run cortado -- --help  lists the commands',
].join('\n');

if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
  fail('There is no display to show a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).');
}
const named = process.env.ELECTRON_OVERRIDE_DIST_PATH;
const runtime = named ? runtimeIn(named) : (runtimeIn(packaged()) ?? fetchRuntime());
if (runtime === undefined) {
  const why = named
    ? `not in ${named}, where ELECTRON_OVERRIDE_DIST_PATH says`
    : 'not here and could not be downloaded';
  fail(
    `Electron, which the window runs in, is ${why}.\n` +
      'Run "npx install-electron" with a network, or set ELECTRON_OVERRIDE_DIST_PATH to the folder of a runtime.',
  );
}
const folder = await buildApp();
const app = spawn(runtime, [folder, ...process.argv.slice(2)], { stdio: 'inherit' });
app.on('exit', (code) => process.exit(code ?? 1));

/** The program in a runtime's folder; undefined where there is none. */
function runtimeIn(folder) {
  const name =
    { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron';
  const program = join(folder, name);
  return existsSync(program) ? program : undefined;
}

/** Where npm's package keeps what it has downloaded. */
function packaged() {
  return join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist');
}

function fetchRuntime() {
  process.stderr.write('Fetching Electron …\n');
  spawnSync('npx', ['install-electron'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'], timeout: 300_000 });
  return runtimeIn(packaged());
}

function fail(text) {
  process.stderr.write(`${text}\n\n${WITHOUT_WINDOW}\n`);
  process.exit(1);
}
