// Prints how every model and every single-layer case agrees with its reference outputs: `npm run agreement`.
import { textTable } from '../../core/cli/text-table.ts';
import { hasTestData, testData } from '../support/paths.ts';
import {
  boxTolerance,
  caseNames,
  compareCase,
  compareModel,
  modelNames,
  tolerance,
  type BlobAgreement,
} from './compare.ts';

function row(name: string, blobs: readonly BlobAgreement[]): readonly string[] {
  const plain = blobs.filter(({ boxes }) => boxes === undefined);
  const boxes = blobs.filter((blob) => blob.boxes !== undefined);
  const worst = plain.reduce((most, blob) => (blob.difference >= most.difference ? blob : most), plain[0]);
  const count = boxes.map((blob) => `${blob.boxes?.found ?? 0}/${blob.boxes?.wanted ?? 0}`).join(', ');
  const overlap = 1 - Math.max(...boxes.map(({ difference }) => difference));
  const isGood =
    plain.every(({ difference }) => difference <= tolerance) &&
    boxes.every(({ difference, boxes: pair }) => difference <= boxTolerance && pair?.found === pair?.wanted);
  return [
    name,
    String(blobs.length),
    worst.difference.toExponential(1),
    worst.layer,
    boxes.length === 0 ? '' : `${count} boxes, IoU ${overlap.toFixed(4)}`,
    isGood ? 'yes' : 'NO',
  ];
}

if (!hasTestData) {
  console.error(`There is no test data in ${testData}. Set CORTADO_TEST_DATA to its folder.`);
  process.exitCode = 1;
} else {
  const rows: (readonly string[])[] = [];
  for (const name of modelNames()) rows.push(row(name, await compareModel(name)));
  for (const name of caseNames()) rows.push(row(`ops/${name}`, await compareCase(name)));
  console.log(textTable(['model or case', 'blobs', 'worst', 'in layer', 'detections', 'agrees'], rows));
  if (rows.some((cells) => cells.at(-1) === 'NO')) process.exitCode = 1;
}
