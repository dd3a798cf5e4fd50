import { readdir, readFile, stat } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { textTable } from '../../core/cli/text-table.ts';
import { packageApp } from '../../electron/packaging/package.mjs';
import { TestApp } from '../app/support/app.ts';
import { windowBundles } from '../app/support/bundles.ts';
import { coldStart } from '../app/support/cold-start.ts';
import { Person } from '../app/support/person.ts';
import { electronRuntime, ROOT } from '../app/support/runtime.ts';
import { tasksDuring } from '../app/support/window-tasks.ts';
import { hasTestData, testData } from '../support/paths.ts';

const STARTS = 5;

/**
 * Measures the app: how long a cold start takes until the first step that can be used is drawn, how large the installed folder is, how long
 * the calibration of SqueezeNet takes, and how long the window's thread is held at most meanwhile and while a graph of ResNet-50
 * is moved.
 */
export async function benchApp(): Promise<void> {
  const runtime = electronRuntime();
  if (runtime === undefined || !hasTestData) {
    process.stderr.write('This needs an Electron runtime, Xvfb and the test data (CORTADO_TEST_DATA).\n');
    process.exitCode = 1;
    return;
  }
  const executable = join(runtime, 'electron');
  const bundles = await windowBundles();
  process.env.CORTADO_TEST_BUILD = '1';
  await packageApp({ dir: true, env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: runtime } });
  const installed = join(ROOT, 'dist', 'linux-unpacked');
  const rows = [
    ['cold start until the first step is drawn, from source', await coldStarts(executable, bundles)],
    ['cold start until the first step is drawn, installed', await coldStarts(join(installed, 'cortado'))],
    ['scripts and styles that the first step needs', `${((await firstPageSize(bundles)) / 1e3).toFixed(0)} kB`],
    ['installed size', `${((await sizeOf(installed)) / 1e6).toFixed(0)} MB`],
    ...(await windowTasks(executable, bundles)),
  ];
  const load = `load ${loadavg()[0].toFixed(1)} on ${cpus().length} processors`;
  process.stdout.write(`${textTable(['what', `measured (${load})`], rows)}\n`);
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

async function windowTasks(executable: string, bundles: string): Promise<string[][]> {
  const app = await TestApp.start(executable, bundles);
  try {
    const person = new Person(app);
    const model = join(testData, 'models', 'squeezenet_v1.1', 'deploy.prototxt');
    await person.willChoose(
      model,
      join(testData, 'images', 'imagenet'),
      join(testData, 'prototxts', 'resnet50.prototxt'),
    );
    await person.press('Choose a file…');
    await person.press('Continue to Images');
    await person.press('Choose a folder…');
    await person.press('Continue to Calibrate');
    let calibration = 0;
    const calibrating = await tasksDuring(app, async () => {
      const begun = performance.now();
      await person.press('Calibrate');
      await person.reads('Calibrated on 200 pictures.', 600_000);
      calibration = (performance.now() - begun) / 1000;
      await app.page.getByRole('img', { name: /^Values of/ }).waitFor();
    });
    await person.press('Close project');
    const opening = await tasksDuring(app, async () => {
      await person.press('Choose a file…');
      await app.page.locator('.svelte-flow__node').first().waitFor();
    });
    const moving = await tasksDuring(app, () => moveGraph(app));
    const longest = [
      ['SqueezeNet v1.1 calibrated on 200 pictures', calibrating] as const,
      ['graph of ResNet-50 opened', opening] as const,
      ['graph of ResNet-50 moved and zoomed', moving] as const,
    ].map(([what, { longestOwnMs, longestMs, tasks }]) => [
      `longest task of the window: ${what}`,
      `${longestOwnMs.toFixed(1)} ms of its own, ${longestMs.toFixed(1)} ms by the clock, of ${tasks}`,
    ]);
    return [['SqueezeNet v1.1 calibrated on 200 pictures', `${calibration.toFixed(1)} s`], ...longest];
  } finally {
    await app.close();
  }
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
