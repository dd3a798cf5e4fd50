import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseTable } from '../../core/calibration/read-table.ts';
import { encodeNpy, npyToTensor, readNpy } from '../../core/common/npy.ts';
import { runLocalAgent } from '../../core/deploy/agent/local-agent.ts';
import { agentPath } from '../../core/cli/agents.ts';
import { hostArchitecture } from '../../core/deploy/architecture.ts';
import { listImages } from '../../core/images/list-images.ts';
import { normalise } from '../../core/images/normalise.ts';
import { decodeToPixels } from '../../core/images/pixels.ts';
import { resolvePreprocessing } from '../../core/images/resolve-preprocessing.ts';
import { createForwardSession } from '../../core/inference/onnx-session.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { cortado } from '../support/cli.ts';
import { hasTestData, temporaryFolder, testData } from '../support/paths.ts';

const proto = join(testData, 'models/squeezenet_v1.1/deploy.prototxt');
const model = join(testData, 'models/squeezenet_v1.1/weights.caffemodel');
const images = join(testData, 'images/imagenet');
const preprocessing = ['--mean', '104', '117', '123', '--size', '256', '256', '--crop', '227', '227'];

/** One real network on real photographs, through the command line as a user would. */
describe.skipIf(!hasTestData)('SqueezeNet v1.1, calibrated on 200 photographs', () => {
  const folder = temporaryFolder();
  const table = join(folder, 'squeezenet.table');
  const packageFile = join(folder, 'squeezenet.cortado');

  beforeAll(async () => {
    const calibrated = await cortado([
      ...['calibrate', '--proto', proto, '--model', model, '--images', images, '--output', table],
      ...preprocessing,
    ]);
    expect(calibrated.code, calibrated.stderr).toBe(0);
    const built = await cortado([
      ...['build', 'neon', '--proto', proto, '--model', model, '--table', table, '--output', packageFile],
      ...preprocessing,
    ]);
    expect(built.code, built.stderr).toBe(0);
  }, 300_000);

  test('the table reads by the rules of ncnn: weight lines by layer with a scale per output, then activations', async () => {
    const lines = (await readFile(table, 'utf8')).trimEnd().split('\n');
    const network = await loadNetwork({ proto, model });
    const convolutions = network.layers.filter(({ type }) => type === 'Convolution');
    expect(lines).toHaveLength(2 * convolutions.length);
    convolutions.forEach((layer, index) => {
      const [weightKey, ...weightScales] = lines[index].split(' ');
      expect(weightKey).toBe(`${layer.name}_param_0`);
      expect(weightScales).toHaveLength(layer.weightShapes[0].shape[0]);
      const [key, ...scales] = lines[convolutions.length + index].split(' ');
      expect(key).toBe(layer.name);
      expect(scales).toHaveLength(1);
      for (const scale of [...weightScales, ...scales]) expect(Number.isFinite(Number(scale))).toBe(true);
    });
    expect(parseTable(lines.join('\n'), table).activations.size).toBe(convolutions.length);
  });

  test('int8 on the reference backend agrees with fp32 on the best class for at least 90 % of the photographs', async () => {
    const expected = await fp32Answers();
    const actual = await agentAnswers(packageFile, folder);
    const agreeing = expected.filter((best, index) => best === actual[index]).length;
    console.log(`agreement of int8 with fp32 on the best class: ${agreeing} of ${expected.length}`);
    expect(agreeing / expected.length).toBeGreaterThanOrEqual(0.9);
  }, 300_000);
});

async function pixelsOf(path: string): Promise<{ pixels: Uint8Array; input: Float32Array }> {
  const { preprocessing: prepared } = resolvePreprocessing({
    transformParams: [],
    inputShape: [1, 3, 227, 227],
    flags: { mean: [104, 117, 123], size: { width: 256, height: 256 }, crop: { width: 227, height: 227 } },
  });
  const pixels = await decodeToPixels(path, prepared);
  return { pixels, input: normalise(pixels, prepared) };
}

async function fp32Answers(): Promise<number[]> {
  const network = await loadNetwork({ proto, model });
  const session = await createForwardSession(network);
  try {
    const answers: number[] = [];
    for (const path of await listImages(images)) {
      const { input } = await pixelsOf(path);
      const outputs = await session.run(new Map([['data', { shape: [1, 3, 227, 227], data: input }]]));
      const [output] = outputs.values();
      answers.push(indexOfLargest(output.data));
    }
    return answers;
  } finally {
    await session.close();
  }
}

/** The agent's own answers to the pictures' 8-bit pixels, after one load. */
async function agentAnswers(packageFile: string, folder: string): Promise<number[]> {
  const host = hostArchitecture();
  if (host === null) throw new Error('there is no agent for this computer');
  const inputs = join(folder, 'inputs');
  await mkdir(inputs, { recursive: true });
  const outputs: string[] = [];
  const lines: string[] = [];
  for (const path of await listImages(images)) {
    const { pixels } = await pixelsOf(path);
    const input = join(inputs, `${parse(path).name}.npy`);
    const output = join(inputs, `${parse(path).name}.out.npy`);
    await writeFile(input, encodeNpy({ shape: [1, 3, 227, 227], data: pixels }));
    lines.push(`${input} ${output}`);
    outputs.push(output);
  }
  const list = join(folder, 'inputs.txt');
  await writeFile(list, `${lines.join('\n')}\n`);
  const words = ['run', packageFile, '--backend', 'reference', '--input-list', list];
  await runLocalAgent({ agent: await agentPath(host), runner: [], words, onEvent: () => undefined });
  return Promise.all(outputs.map(async (file) => indexOfLargest(npyToTensor(await readNpy(file)).data)));
}

function indexOfLargest(values: Float32Array): number {
  return values.reduce((best, value, index) => (value > values[best] ? index : best), 0);
}
