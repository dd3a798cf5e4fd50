import { describe, expect, it } from 'vitest';
import { calibrate } from '../../calibration/calibrate.ts';
import { foldTable } from '../../calibration/fold-table.ts';
import { calibrationTarget } from '../../calibration/network-target.ts';
import { npyToTensor, readNpy } from '../../common/npy.ts';
import { hasTestData, testData } from '../../common/test-data.ts';
import { optimise } from '../../graph/passes.ts';
import { listImages } from '../../images/list-images.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import { loadNetwork } from '../../network/load.ts';
import { lowerNetwork } from '../../network/lower.ts';
import { quantizeNetwork } from '../../quantization/quantize.ts';
import { estimateProgram } from './estimate.ts';
import { ACCELERATOR_BOARDS } from './parts.ts';
import { compare, inputsOf } from './testing/compare.ts';
import { hasSimulation } from './testing/simulation.ts';

const PICTURES = 4;
const [PYNQ] = ACCELERATOR_BOARDS;
const square = (side: number): { readonly width: number; readonly height: number } => ({ width: side, height: side });
/** Larger networks take a minute each. */
const all = process.env.CORTADO_FPGA_NETWORKS !== undefined;

interface Model {
  readonly name: string;
  readonly images: string;
  readonly preprocessing: Preprocessing;
  readonly isLarge: boolean;
}

const MODELS: readonly Model[] = [
  {
    name: 'lenet_mnist',
    images: 'mnist',
    isLarge: false,
    preprocessing: {
      resize: square(28),
      crop: square(28),
      channels: 'gray',
      mean: { kind: 'values', values: [] },
      norm: 0.00390625,
    },
  },
  {
    name: 'mobilenet_v1_0.25',
    images: 'imagenet',
    isLarge: false,
    preprocessing: {
      resize: square(256),
      crop: square(224),
      channels: 'bgr',
      mean: { kind: 'values', values: [103.53, 116.28, 123.675] },
      norm: 1,
    },
  },
  {
    name: 'squeezenet_v1.1',
    images: 'imagenet',
    isLarge: true,
    preprocessing: {
      resize: square(256),
      crop: square(227),
      channels: 'bgr',
      mean: { kind: 'values', values: [104, 117, 123] },
      norm: 1,
    },
  },
];

describe.skipIf(!hasTestData || !hasSimulation(PYNQ.part))('real networks on the Verilated accelerator', () => {
  describe.each(MODELS.filter(({ isLarge }) => all || !isLarge))('$name', ({ name, images, preprocessing }) => {
    it('equals the reference executor bit for bit, in about the time that was estimated', async () => {
      const network = await loadNetwork({
        proto: testData('models', name, 'deploy.prototxt'),
        model: testData('models', name, 'weights.caffemodel'),
      });
      const pictures = (await listImages(testData('images', images))).slice(0, PICTURES);
      const { table } = await calibrate({ network, inputs: pictures, preprocessing, format: 'ncnn' });
      const folded = foldTable(table, calibrationTarget(network));
      const { network: quantised } = quantizeNetwork(optimise(lowerNetwork(network)), folded, 'int8');
      const input = npyToTensor(await readNpy(testData('reference', name, 'in0.npy'))).data;
      const { different, compiled, runs } = await compare(quantised, inputsOf(quantised, [input]), PYNQ);
      expect(different).toEqual([]);
      const programs = compiled.runs.flatMap((run) => (run.kind === 'accelerator' ? [run.program] : []));
      const estimated = programs.reduce((sum, { instructions }) => sum + estimateProgram(instructions, PYNQ).cycles, 0);
      const measured = runs.reduce((sum, { cycles }) => sum + cycles, 0);
      expect(Math.abs(estimated / measured - 1)).toBeLessThan(0.05);
    }, 300_000);
  });
});
