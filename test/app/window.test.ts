import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp } from './support/app.ts';
import { windowBundles } from './support/bundles.ts';
import { Person } from './support/person.ts';
import { electronRuntime, ROOT } from './support/runtime.ts';
import { sampleWay } from './support/sample-way.ts';

const runtime = electronRuntime();
/** How often the sample's 60 pictures stand in the list that is calibrated with. */
const TIMES = 15;
/** Where a calibration of that list is waited for. */
const SLOW = 180_000;

describe.skipIf(runtime === undefined)('the window, from source', () => {
  let app: TestApp;
  let person: Person;

  beforeAll(async () => {
    app = await TestApp.start(join(runtime ?? '', 'electron'), await windowBundles());
    person = new Person(app);
  });

  afterAll(async () => {
    await app.close();
  });

  it('takes the sample the whole way, by clicks', async () => {
    await sampleWay(person);
    await person.willSaveAs(join(app.folder, 'report.html'));
    await person.press('Export');
    await app.page.getByRole('menuitem', { name: 'Page (HTML)' }).click();
    await person.reads(/^Written: /);
    expect(await readFile(join(app.folder, 'report.html'), 'utf8')).toContain('<html');
  });

  it('names what it calibrates on and why, after trying every device in a process of its own', async () => {
    await person.goesTo('Calibrate');
    const devices = await app.get('devices.list');
    const used = devices.filter((device) => device.used);
    expect(used).toHaveLength(1);
    await person.reads(used[0].reason);
    // An answer came from a worker: that it is not installed here, or what it computed.
    expect(devices.map(({ reason }) => reason)).toContainEqual(expect.stringMatching(/^It (is not here: |gave )/));
    await app.page.getByText('Why this one').click();
    for (const { name, reason } of devices)
      await app.page.getByRole('listitem').filter({ hasText: name }).getByText(reason).waitFor();
    // None of the workers is left.
    expect(await app.workers()).toBe(0);
  });

  it('leaves nothing on a board where it was closed in the middle of a run', async () => {
    await person.goesTo('Run and report');
    await person.press('Run again');
    await app.page.getByRole('progressbar', { name: 'Run' }).waitFor();
    await app.closeAndStart();
    // The virtual board's home folder is a temporary one.
    const left = await readdir(join(app.folder, 'tmp'));
    expect(left.filter((name) => name.startsWith('cortado-'))).toEqual([]);
    await person.reads('The step Run and report was interrupted');
    await person.press('Dismiss');
  });

  it('takes a list of pictures, long enough to be in the middle of for a while', async () => {
    const images = join(ROOT, 'resources', 'sample', 'images');
    const names = (await readdir(images)).filter((name) => name.endsWith('.png'));
    const list = join(app.folder, 'many.txt');
    await writeFile(
      list,
      Array.from({ length: TIMES }, () => names.map((name) => join(images, name)).join('\n')).join('\n'),
    );
    await person.goesTo('Images');
    await person.willChoose(list);
    await person.press('Choose a list file…');
    await person.reads(`${TIMES * names.length} pictures`);
  });

  it(
    'calibrates in processes of their own, and goes on where one of them dies',
    async () => {
      await person.goesTo('Calibrate');
      await person.press('Calibrate again');
      await app.stageWorks('calibrate');
      expect(await app.workers()).toBe(availableParallelism());
      await app.killWorker();
      await person.reads(/^The process that worked on .*\.png ended.*; another one did it\.$/, SLOW);
      await person.reads(`Calibrated on ${60 * TIMES} pictures.`, SLOW);
      expect(await app.workers()).toBe(0);
    },
    SLOW,
  );

  it('cancels a calibration at once, with its processes', async () => {
    const before = await app.page.getByRole('table').first().textContent();
    await person.press('Calibrate again');
    await app.stageWorks('calibrate');
    await person.pressAtOnce('Cancel');
    await app.page
      .getByRole('group', { name: 'Calibration' })
      .getByText('Cancelled')
      .first()
      .waitFor({ timeout: 2000 });
    await expect.poll(() => app.workers(), { timeout: 20_000 }).toBe(0);
    expect(await app.page.getByRole('table').first().textContent()).toBe(before);
    // One that is cancelled before its processes run leaves none of them either.
    await person.press('Calibrate again');
    await person.pressAtOnce('Cancel');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await expect.poll(() => app.workers(), { timeout: 20_000 }).toBe(0);
  });

  it('says that the engine crashed while it calibrated, keeps the project, and goes on', async () => {
    await person.goesTo('Calibrate');
    const before = await app.page.getByRole('table').first().textContent();
    await person.press('Calibrate again');
    await app.page.getByRole('progressbar', { name: 'Calibration' }).waitFor();
    await app.killEngine();
    const said = await person.readsError('stopped unexpectedly during the step Calibrate');
    expect(said).toMatch(/What to do:.*Your project is safe/);
    // Other steps can be looked at, and nothing but the crash is complained about.
    await person.goesTo('Images');
    expect(await app.page.getByRole('alert').count()).toBe(1);
    await person.press('Start it again');
    await person.reads('The step Calibrate was interrupted');
    expect(await app.page.getByRole('heading', { level: 1 }).textContent()).toBe('Calibrate');
    // The result from before is still there.
    await person.reads(`Calibrated on ${60 * TIMES} pictures.`);
    expect(await app.page.getByRole('table').first().textContent()).toBe(before);
    await person.press('Go on with it');
    await app.page.getByRole('group', { name: 'Calibration' }).getByText('Done').first().waitFor({ timeout: 120_000 });
    expect(await app.page.getByText('was interrupted').count()).toBe(0);
  });

  it('says that the engine has fallen silent, and ends one that hangs', async () => {
    await person.goesTo('Calibrate');
    await person.press('Calibrate again');
    await app.page.getByRole('progressbar', { name: 'Calibration' }).waitFor();
    await app.stopEngine();
    await person.reads(/^The engine has said nothing for \d+ s/);
    await person.press('Stop it and start anew');
    await person.reads('The step Calibrate was interrupted');
    await person.reads(`Calibrated on ${60 * TIMES} pictures.`);
    expect(await app.page.getByRole('alert').count()).toBe(0);
    await person.press('Dismiss');
  });

  it('may be closed in the middle of something, and continues there at the next start', async () => {
    await person.goesTo('Calibrate');
    await person.press('Calibrate again');
    await app.page.getByRole('progressbar', { name: 'Calibration' }).waitFor();
    await app.closeAndStart();
    await person.reads('The step Calibrate was interrupted');
    await person.press('Dismiss');
    await app.page.getByText('was interrupted').waitFor({ state: 'detached' });
    await person.goesTo('Target');
    await app.closeAndStart();
    // At the step that was looked at last; what was dismissed does not come back.
    await person.sees('Target');
    await person.sees('Built');
    expect(await app.page.getByText('was interrupted').count()).toBe(0);
  });

  it('finds its place again where only the page crashed', async () => {
    await person.goesTo('Accuracy');
    // Playwright does not see a page again that has crashed: the title is asked for by way of main.
    const title = await app.electron.evaluate(async ({ BrowserWindow }) => {
      const { webContents } = BrowserWindow.getAllWindows()[0];
      const loaded = new Promise<void>((resolve) => {
        webContents.once('did-finish-load', () => {
          resolve();
        });
      });
      webContents.forcefullyCrashRenderer();
      await loaded;
      for (let tries = 0; tries < 100; tries++) {
        const found: unknown = await webContents.executeJavaScript(`document.querySelector('h1')?.textContent ?? ''`);
        if (found !== '' && found !== 'Cortado') return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return 'nothing';
    });
    expect(title).toBe('Accuracy');
    await app.closeAndStart();
    await person.sees('Accuracy');
  });

  describe('with a project of its own', () => {
    beforeAll(async () => {
      await person.press('Close project');
      await person.sees('Cortado');
    });

    it('names what is wrong with a broken model, and takes another one', async () => {
      const sample = join(ROOT, 'resources', 'sample');
      const broken = join(app.folder, 'broken');
      await mkdir(broken);
      const weights = await readFile(join(sample, 'digits.caffemodel'));
      await writeFile(join(broken, 'deploy.prototxt'), await readFile(join(sample, 'deploy.prototxt')));
      await writeFile(join(broken, 'digits.caffemodel'), weights.subarray(0, weights.length / 2));
      await person.willChoose(join(broken, 'deploy.prototxt'), join(sample, 'deploy.prototxt'));
      await person.press('Choose a file…');
      await person.sees('Model');
      const said = await person.readsError('The caffemodel is damaged');
      expect(said).toMatch(/What to do:/);
      expect(said).toContain('digits.caffemodel');
      expect(await person.button('Continue to Images').isDisabled()).toBe(true);
      await person.press('Network description (.prototxt): Change…');
      await app.page.locator('.graph .box').first().waitFor();
      // An older Chromium than the current one may lack what the library of the graph asks for.
      const errors: string[] = [];
      app.page.on('pageerror', ({ message }) => errors.push(message));
      await person.press('Show all');
      await app.page.getByRole('button', { name: /^prob, / }).click();
      await person.sees('prob');
      expect(errors).toEqual([]);
      await person.press('Continue to Images');
    });

    it('says that a folder holds no picture, and takes another one', async () => {
      const empty = join(app.folder, 'empty');
      await mkdir(empty);
      await person.willChoose(empty, join(ROOT, 'resources', 'sample', 'images'));
      await person.press('Choose a folder…');
      expect(await person.readsError('There are no pictures here')).toMatch(/What to do:/);
      expect(await person.button('Continue to Calibrate').isDisabled()).toBe(true);
      await person.press('Choose a folder…');
      await person.reads('60 pictures');
      await person.press('Continue to Calibrate');
      await person.sees('Calibrate');
    });
  });

  it('leaves nothing half-written', async () => {
    await app.closeWindow();
    const files = await readdir(app.folder, { recursive: true });
    expect(files.filter((name) => name.endsWith('project.json'))).toHaveLength(2);
    expect(files.filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
