import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp } from './support/app.ts';
import { windowBundles } from './support/bundles.ts';
import { Person } from './support/person.ts';
import { electronRuntime } from './support/runtime.ts';

const runtime = electronRuntime();
/** Vulkan on the processor, which Electron brings along: WebGPU finds it as it finds a GPU's driver. */
const driver = join(runtime ?? '', 'vk_swiftshader_icd.json');
/** Drivers compile every layer once, an emulated one slowly. */
const SLOW = 300_000;

describe.skipIf(!existsSync(driver))('calibration on a GPU, in the window', () => {
  let app: TestApp;
  let person: Person;

  beforeAll(async () => {
    const variables = { VK_ICD_FILENAMES: driver };
    app = await TestApp.start(join(runtime ?? '', 'electron'), await windowBundles(), variables);
    person = new Person(app);
    await person.press('Open the sample');
    await person.press('Continue to Images');
    await person.reads('60 pictures');
    await person.press('Continue to Calibrate');
  }, SLOW);

  afterAll(() => app.close());

  /** By the step's options, as somebody does who wants another device than the one that would be used. */
  async function calibrateOn(choice: string, device: RegExp): Promise<Map<string, number>> {
    await app.page.getByLabel('Runs on', { exact: true }).selectOption(choice);
    await app.page.getByRole('button', { name: /^Calibrate( again)?$/ }).click();
    const calibration = () => app.get('calibration.get');
    await expect.poll(async () => (await calibration())?.device, { timeout: SLOW }).toMatch(device);
    const { layers } = (await calibration()) ?? { layers: [] };
    return new Map(layers.map(({ key, threshold }) => [key, threshold]));
  }

  it(
    'finds the thresholds that the processor finds, and says what it ran on',
    async () => {
      await app.page.getByText('More options').click();
      const onGpu = await calibrateOn('A GPU', /WebGPU/);
      const used = (await app.get('devices.list')).find((device) => device.used);
      expect(used?.id).toBe('webgpu');
      await person.reads(used?.reason ?? '');
      const onProcessor = await calibrateOn('The processor', /CPU/);
      expect([...onGpu.keys()]).toEqual([...onProcessor.keys()]);
      expect(onGpu.size).toBeGreaterThan(3);
      for (const [key, threshold] of onProcessor) {
        // Sums are rounded in another order: a value may fall into the bin beside.
        expect(Math.abs((onGpu.get(key) ?? 0) / threshold - 1)).toBeLessThan(0.01);
      }
      expect(await app.workers()).toBe(0);
    },
    SLOW,
  );
});
