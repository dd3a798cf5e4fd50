import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { calibrate, type CalibrationRequest } from '../../core/calibration/calibrate.ts';
import type { CalibrationResult } from '../../core/calibration/calibrate-target.ts';
import { nodeWorkers } from '../../core/calibration/workers/node-workers.ts';
import { forkLauncher } from '../../core/common/fork-worker.ts';
import { listImages } from '../../core/images/list-images.ts';
import { resolvePreprocessing } from '../../core/images/resolve-preprocessing.ts';
import { processor } from '../../core/inference/devices/choose-device.ts';
import { providerOf } from '../../core/inference/devices/providers.ts';
import { tryDevice } from '../../core/inference/devices/try-device.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { repositoryRoot } from '../support/paths.ts';

/** Vulkan on the processor, as Debian's Chromium brings it. */
const chromium = '/usr/lib/chromium';
const hasVulkan = existsSync(join(chromium, 'vk_swiftshader_icd.json'));
const emulatedGpu = forkLauncher(new URL('../../core/calibration/workers/worker-main.ts', import.meta.url), {
  VK_ICD_FILENAMES: join(chromium, 'vk_swiftshader_icd.json'),
  LD_LIBRARY_PATH: chromium,
});

describe('calibration of the sample in processes of its own', () => {
  const sample = join(repositoryRoot, 'resources/sample');
  let request: CalibrationRequest;
  let here: CalibrationResult;

  beforeAll(async () => {
    const files = { proto: join(sample, 'deploy.prototxt'), model: join(sample, 'digits.caffemodel') };
    const network = await loadNetwork(files);
    const { preprocessing } = resolvePreprocessing({
      transformParams: network.transforms,
      inputShape: network.inputs[0].shape,
      flags: {},
    });
    const inputs = await listImages(join(sample, 'images'));
    request = { network, preprocessing, inputs, format: 'ncnn' };
    here = await calibrate(request);
  });

  it.each([1, 2] as const)('is that of one process, table for table (passes: %i)', async (passes) => {
    const workers = { launch: nodeWorkers, count: 2, lifetime: 20 };
    const { table, used, device, workerBytes } = await calibrate({ ...request, workers, passes });
    expect(table).toEqual(here.table);
    expect(used).toBe(here.used);
    expect(device).toContain('CPU');
    expect(workerBytes).toBeGreaterThan(2 ** 20);
  });

  it('ends with its processes where it is cancelled', async () => {
    const controller = new AbortController();
    const onProgress: CalibrationRequest['onProgress'] = ({ done }) => {
      if (done === 3) controller.abort();
    };
    const workers = { launch: nodeWorkers, count: 1 };
    await expect(calibrate({ ...request, workers, signal: controller.signal, onProgress })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it.skipIf(!hasVulkan)(
    'on WebGPU gives the same thresholds within a bin of 2048',
    async () => {
      const trial = await tryDevice(providerOf('webgpu'), { launch: emulatedGpu, timeoutMs: 120_000 });
      expect(trial, trial.reason).toMatchObject({ works: true });
      const inputs = request.inputs.slice(0, 3);
      const device = { ...processor, provider: 'webgpu', name: 'WebGPU' } as const;
      const gpu = await calibrate({ ...request, inputs, device, workers: { launch: emulatedGpu } });
      const cpu = await calibrate({ ...request, inputs });
      expect(gpu.device).toContain('WebGPU');
      expect(gpu.layers.map(({ key }) => key)).toEqual(cpu.layers.map(({ key }) => key));
      gpu.layers.forEach(({ key, bin, max }, index) => {
        expect(Math.abs(bin - cpu.layers[index].bin), key).toBeLessThanOrEqual(1);
        expect(max / cpu.layers[index].max, key).toBeCloseTo(1, 5);
      });
    },
    240_000,
  );
});
