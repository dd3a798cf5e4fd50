import { readdir, readFile, stat } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { textTable } from '../../core/cli/text-table.ts';
import { packageApp } from '../../electron/packaging/package.mjs';
import { TestApp } from '../app/support/app.ts';
import { windowBundles } from '../app/support/bundles.ts';
import { coldStart } from '../app/support/cold-start.ts';
import { Person } from '../app/support/person.ts';
import { electronRuntime, ROOT } from '../app/support/runtime.ts';
import { tasksDuring, type WindowTasks } from '../app/support/window-tasks.ts';
import { hasTestData, testData } from '../support/paths.ts';
import { signsOfLife } from './app-signs.ts';

const STARTS = 5;

type Rows = string[][];
/** What is measured, by the word that asks for it alone. */
const parts: Readonly<Record<string, (executable: string, bundles: string) => Promise<Rows>>> = {
  start: startTimes,
  calibrate: calibration,
  graph: graphTasks,
};

/**
 * Measures the app: how long a cold start takes until the first step that can be used is drawn, how large the installed folder is, how long
 * the calibration of SqueezeNet takes, how long the window's thread is held at most meanwhile and while a graph of ResNet-50
 * is opened and moved, and how long each stage of the whole way is silent at most.
 *
 * @param only some of `start`, `calibrate`, `graph` and `signs`; all of them where it is empty
 */
export async function benchApp(only: readonly string[]): Promise<void> {
  const runtime = electronRuntime();
  if (runtime === undefined || !hasTestData) {
    process.stderr.write('This needs an Electron runtime, Xvfb and the test data (CORTADO_TEST_DATA).\n');
    process.exitCode = 1;
    return;
  }
  const executable = join(runtime, 'electron');
  const bundles = await windowBundles();
  const isWanted = (part: string): boolean => only.length === 0 || only.includes(part);
  const rows: Rows = [];
  for (const [part, measure] of Object.entries(parts)) {
    if (isWanted(part)) rows.push(...(await measure(executable, bundles)));
  }
  const load = `load ${loadavg()[0].toFixed(1)} on ${cpus().length} processors`;
  if (rows.length > 0) process.stdout.write(`${textTable(['what', `measured (${load})`], rows)}\n`);
  if (isWanted('signs')) await signsOfLife(executable, bundles);
}

/** From source and installed, and what they read and take. */
async function startTimes(executable: string, bundles: string): Promise<Rows> {
  process.env.CORTADO_TEST_BUILD = '1';
  await packageApp({ dir: true, env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: dirname(executable) } });
  const installed = join(ROOT, 'dist', 'linux-unpacked');
  return [
    ['cold start until the first step is drawn, from source', await coldStarts(executable, bundles)],
    ['cold start until the first step is drawn, installed', await coldStarts(join(installed, 'cortado'))],
    ['scripts and styles that the first step needs', `${((await firstPageSize(bundles)) / 1e3).toFixed(0)} kB`],
    ['installed size', `${((await sizeOf(installed)) / 1e6).toFixed(0)} MB`],
  ];
}

/** Of some starts, in milliseconds. */
async function coldStarts(executable: string, app?: string): Promise<string> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) times.push(await coldStart(executable, app));
  const sorted = times.sort((a, b) => a - b);
  return `${sorted[Math.floor(STARTS / 2)].toFixed(0)} ms, at best ${sorted[0].toFixed(0)} ms`;
}

/** Of the page's scripts and styles that are read before the first step is shown, in bytes. */
async function firstPageSize(bundles: string): Promise<number> {
  const page = join(bundles, 'renderer');
  const files = [...(await readFile(join(page, 'index.html'), 'utf8')).matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)];
  const sizes = await Promise.all(files.map(async ([, file]) => (await stat(join(page, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function calibration(executable: string, bundles: string): Promise<Rows> {
  const app = await TestApp.start(executable, bundles);
  try {
    const person = new Person(app);
    const model = join(testData, 'models', 'squeezenet_v1.1', 'deploy.prototxt');
    await person.willChoose(model, join(testData, 'images', 'imagenet'));
    await person.press('Choose a file…');
    await person.press('Continue to Images');
    await person.press('Choose a folder…');
    await person.press('Continue to Calibrate');
    let seconds = 0;
    const tasks = await tasksDuring(app, async () => {
      const begun = performance.now();
      await person.press('Calibrate');
      await person.reads('Calibrated on 200 pictures.', 600_000);
      seconds = (performance.now() - begun) / 1000;
      await app.page.getByRole('img', { name: /^Values of/ }).waitFor();
    });
    const what = 'SqueezeNet v1.1 calibrated on 200 pictures';
    return [[what, `${seconds.toFixed(1)} s`], longestTask(what, tasks)];
  } finally {
    await app.close();
  }
}

async function graphTasks(executable: string, bundles: string): Promise<Rows> {
  const app = await TestApp.start(executable, bundles);
  try {
    const person = new Person(app);
    await person.willChoose(join(testData, 'prototxts', 'resnet50.prototxt'));
    const opened = await tasksDuring(app, async () => {
      await person.press('Choose a file…');
      await app.page.getByText('prob', { exact: true }).first().waitFor();
    });
    const fitted = await tasksDuring(app, async () => {
      await person.press('Show all');
      await app.page.waitForTimeout(2000);
    });
    const moved = await tasksDuring(app, () => moveGraph(app));
    const found = await tasksDuring(app, async () => {
      const search = app.page.getByRole('searchbox', { name: 'Find a layer' });
      await search.fill('res5');
      for (let next = 0; next < 5; next++) {
        await search.press('Enter');
        await app.page.waitForTimeout(500);
      }
    });
    return [
      longestTask('graph of ResNet-50 opened', opened),
      longestTask('graph of ResNet-50 shown as a whole', fitted),
      longestTask('graph of ResNet-50 moved and zoomed', moved),
      longestTask('layers of ResNet-50 searched', found),
    ];
  } finally {
    await app.close();
  }
}

function longestTask(what: string, { longestOwnMs, longestMs, tasks }: WindowTasks): string[] {
  return [
    `longest task of the window: ${what}`,
    `${longestOwnMs.toFixed(1)} ms of its own, ${longestMs.toFixed(1)} ms by the clock, of ${tasks}`,
  ];
}

/** Drags the graph about and turns the wheel over it, out to the whole network and back in. */
export async function moveGraph({ page }: TestApp): Promise<void> {
  const graph = page.getByRole('region', { name: 'The network as a graph' });
  const box = await graph.boundingBox();
  if (box === null) throw new Error('there is no graph');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  for (const turn of [120, 120, 120, 120, 120, -120, -120, -120]) {
    await page.mouse.wheel(0, turn);
    await page.waitForTimeout(50);
  }
  for (let drag = 0; drag < 5; drag++) {
    await page.mouse.move(x, y + 150);
    await page.mouse.down();
    await page.mouse.move(x, y - 150, { steps: 20 });
    await page.mouse.up();
  }
}

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) size += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return size;
}
