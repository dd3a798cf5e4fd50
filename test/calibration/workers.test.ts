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
import type { PreprocessingFlags } from '../../core/images/resolve-preprocessing.ts';
import { hasTestData, repositoryRoot, testData } from '../support/paths.ts';

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
    600_000,
  );
});

describe.skipIf(!hasVulkan || !hasTestData)('WebGPU and the processor on photographs', () => {
  const size = { width: 256, height: 256 };
  const models: readonly (readonly [string, PreprocessingFlags])[] = [
    ['squeezenet_v1.1', { size, mean: [104, 117, 123] }],
    ['mobilenet_v1_0.25', { size, crop: { width: 224, height: 224 }, mean: [103.53, 116.28, 123.675] }],
  ];

  it.each(models)(
    'give the same table of %s within a bin in every layer',
    async (model, flags) => {
      const folder = join(testData, 'models', model);
      const files = { proto: join(folder, 'deploy.prototxt'), model: join(folder, 'weights.caffemodel') };
      const network = await loadNetwork(files);
      const { shape: inputShape } = network.inputs[0];
      const { preprocessing } = resolvePreprocessing({ transformParams: network.transforms, inputShape, flags });
      const inputs = (await listImages(join(testData, 'images/imagenet'))).filter((_, index) => index % 50 === 0);
      const onPhotographs = { network, preprocessing, inputs, format: 'ncnn' } as const;
      const device = { ...processor, provider: 'webgpu', name: 'WebGPU' } as const;
      const gpu = await calibrate({ ...onPhotographs, device, workers: { launch: emulatedGpu } });
      const cpu = await calibrate({ ...onPhotographs, workers: { launch: nodeWorkers } });
      expect(gpu.device).toContain('WebGPU');
      expect(gpu.table.weights).toEqual(cpu.table.weights);
      expect(gpu.layers.map(({ key }) => key)).toEqual(cpu.layers.map(({ key }) => key));
      const differences = gpu.layers.map(({ key, bin }, index) => [key, bin - cpu.layers[index].bin] as const);
      expect(differences.filter(([, bins]) => Math.abs(bins) > 1)).toEqual([]);
    },
    1_200_000,
  );
});
