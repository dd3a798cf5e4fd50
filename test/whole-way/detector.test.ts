import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boardGraph } from '../../core/quantization/board-graph.ts';
import { calibrate } from '../../core/calibration/calibrate.ts';
import { writeTable } from '../../core/calibration/read-table.ts';
import { foundBoxes } from '../../core/evaluation/detection/detections.ts';
import { pictureSize } from '../../core/images/decode-image.ts';
import { listImages } from '../../core/images/list-images.ts';
import { normalise } from '../../core/images/normalise.ts';
import { decodeToPixels } from '../../core/images/pixels.ts';
import { resolvePreprocessing } from '../../core/images/resolve-preprocessing.ts';
import { createForwardSession } from '../../core/inference/onnx-session.ts';
import { loadNetwork } from '../../core/network/load.ts';
import { onlyInput } from '../../core/network/only-input.ts';
import { cortado } from '../support/cli.ts';
import { hasTestData, temporaryFolder, testData } from '../support/paths.ts';

const folder = temporaryFolder();
const pictures = 6;

describe.skipIf(!hasTestData)('the detector of QR codes', () => {
  it('has the mean average precision that its own boxes give it: all in fp32, nearly all in int8', async () => {
    const model = join(testData, 'models/wechat_qr_detect');
    const files = { proto: join(model, 'deploy.prototxt'), model: join(model, 'weights.caffemodel') };
    const network = await loadNetwork(files);
    const input = onlyInput(network);
    const norm = 1 / 255;
    const { preprocessing } = resolvePreprocessing({
      transformParams: network.transforms,
      inputShape: input.shape,
      flags: { norm, channels: 'gray' },
    });
    const images = (await listImages(join(testData, 'images/qr')))
      .filter((_, index) => index % 5 === 0)
      .slice(0, pictures);
    const { table } = await calibrate({ network, preprocessing, inputs: images, format: 'ncnn', method: 'minmax' });
    const tableFile = join(folder, 'qr.table');
    await writeTable(tableFile, table);

    const session = await createForwardSession(network, { outputs: network.outputs });
    const lines = ['file,class,left,top,right,bottom'];
    for (const path of images) {
      const data = normalise(await decodeToPixels(path, preprocessing), preprocessing);
      const [rows] = (await session.run(new Map([[input.name, { shape: input.shape, data }]]))).values();
      const { width, height } = await pictureSize(path);
      for (const { label, confidence, box } of foundBoxes(rows.data, preprocessing)) {
        const edges = [box.left * width, box.top * height, box.right * width, box.bottom * height];
        if (confidence > 0.3) lines.push([basename(path), label, ...edges].join());
      }
    }
    await session.close();
    expect(lines.length).toBeGreaterThan(pictures / 2);
    const boxes = join(folder, 'boxes.csv');
    const list = join(folder, 'list.txt');
    await writeFile(boxes, `${lines.join('\n')}\n`);
    await writeFile(list, `${images.join('\n')}\n`);

    const words = ['--proto', files.proto, '--model', files.model, '--table', tableFile, '--images', list];
    const how = ['--norm', String(norm), '--channels', 'gray', '--layers', '0', '--boxes', boxes, '--json'];
    const { code, stdout, stderr } = await cortado(['evaluate', ...words, ...how]);
    expect(code, stderr).toBe(0);
    const { detection } = JSON.parse(stdout) as { detection: { pictures: number; fp32: Scores; int8: Scores } };
    expect(detection.fp32.map).toBeCloseTo(1, 9);
    expect(detection.fp32.classes).toMatchObject([{ label: 1, objects: lines.length - 1 }]);
    expect(detection.int8.map).toBeGreaterThan(0.8);
    expect(detection.int8.map).toBeLessThan(1.000001);
    expect((await boardGraph(network, tableFile)).divisors.size).toBe(0);
  });
});

interface Scores {
  readonly map: number;
  readonly map11: number;
  readonly classes: readonly unknown[];
}
