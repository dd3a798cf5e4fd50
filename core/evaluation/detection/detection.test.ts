import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { averagePrecisions } from './average-precision.ts';
import { overlap, type FoundBox, type RelativeBox, type TruthBox } from './boxes.ts';
import { classNumbers } from './class-numbers.ts';
import { foundBoxes } from './detections.ts';
import { readBoxes } from './read-boxes.ts';
import { parseXml } from './xml.ts';

const square = (left: number, top = 0): RelativeBox => ({ left, top, right: left + 0.1, bottom: top + 0.1 });
const truth = (box: RelativeBox, label = 1, difficult = false): TruthBox => ({ label, box, difficult });
const found = (confidence: number, box: RelativeBox, label = 1): FoundBox => ({ label, confidence, box });
const nowhere = square(0.8, 0.8);

it('overlap is intersection over union', () => {
  expect(overlap(square(0), square(0))).toBeCloseTo(1, 12);
  expect(overlap(square(0), square(0.05))).toBeCloseTo(1 / 3, 12);
  expect(overlap(square(0), square(0.1))).toBe(0);
  expect(overlap(square(0), { left: 0.5, top: 0, right: 0.4, bottom: 1 })).toBe(0);
});

describe('averagePrecisions', () => {
  it('is 1 for what is all found, whatever the order', () => {
    const picture = {
      truth: [truth(square(0)), truth(square(0.3))],
      found: [found(0.2, square(0.3)), found(0.9, square(0))],
    };
    expect(averagePrecisions([picture], 0.5)).toEqual([{ label: 1, objects: 2, ap: 1, ap11: 1 }]);
  });

  it('follows the curve, worked out by hand: right, wrong, right of four objects', () => {
    const objects = [0, 0.2, 0.4, 0.6].map((left) => truth(square(left)));
    const boxes = [found(0.9, square(0)), found(0.8, nowhere), found(0.7, square(0.2))];
    const [{ ap, ap11 }] = averagePrecisions([{ truth: objects, found: boxes }], 0.5);
    // Precision 1 up to recall 1/4, then 2/3 up to 1/2, then nothing.
    expect(ap).toBeCloseTo(0.25 + 0.25 * (2 / 3), 12);
    expect(ap11).toBeCloseTo((3 + 3 * (2 / 3)) / 11, 12);
  });

  it('counts an object once: what finds it again is wrong', () => {
    const picture = {
      truth: [truth(square(0)), truth(square(0.5))],
      found: [found(0.9, square(0)), found(0.8, square(0.01)), found(0.7, square(0.5))],
    };
    const [{ ap }] = averagePrecisions([picture], 0.5);
    expect(ap).toBeCloseTo(0.5 + 0.5 * (2 / 3), 12);
  });

  it('takes difficult objects for neither, and pictures and classes apart', () => {
    const pictures = [
      {
        truth: [truth(square(0), 1, true), truth(square(0.5))],
        found: [found(0.9, square(0)), found(0.8, square(0.5))],
      },
      { truth: [truth(square(0), 2)], found: [found(0.95, square(0), 1), found(0.3, square(0), 2)] },
    ];
    expect(averagePrecisions(pictures, 0.5).map(({ label, objects, ap }) => [label, objects, ap])).toEqual([
      [1, 1, 0.5],
      [2, 1, 1],
    ]);
  });

  it('asks for the overlap that is given', () => {
    const picture = { truth: [truth(square(0))], found: [found(0.9, square(0.02))] };
    const aps = [0.6, 0.7].map((iou) => averagePrecisions([picture], iou)[0].ap);
    expect(aps).toEqual([1, 0]);
  });
});

it('foundBoxes brings boxes of the cut to the picture, and leaves empty rows out', () => {
  const preprocessing = {
    resize: { width: 200, height: 100 },
    crop: { width: 100, height: 100 },
    channels: 'bgr',
    mean: { kind: 'values', values: [] },
    norm: 1,
  } as const;
  const rows = Float32Array.of(0, 3, 0.5, 0, 0, 1, 0.5, 0, 0, 0, 0, 0, 0, 0);
  expect(foundBoxes(rows, preprocessing)).toEqual([
    { label: 3, confidence: 0.5, box: { left: 0.25, top: 0, right: 0.75, bottom: 0.5 } },
  ]);
});

describe('classNumbers', () => {
  it("has Pascal VOC's classes for a network of 21, the one class for a network of two, names where they are given", () => {
    expect(['aeroplane', 'person', 'tvmonitor', '7'].map(classNumbers(21, undefined))).toEqual([1, 15, 20, 7]);
    expect(classNumbers(2, undefined)('face')).toBe(1);
    expect(classNumbers(4, ['none', 'a', 'b', 'c'])('c')).toBe(3);
  });

  it.each([
    [21, undefined, 'unicorn'],
    [21, undefined, '21'],
    [2, ['none', 'face'], 'hand'],
  ] as const)('refuses what is no class of %i', (classes, names, label) => {
    expect(() => classNumbers(classes, names)(label)).toThrow(
      expect.objectContaining({ code: 'evaluation.boxes-class' }),
    );
  });
});

describe('readBoxes', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cortado-boxes-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('reads annotations of Pascal VOC', async () => {
    const xml = `<?xml version="1.0"?><!-- by hand --><annotation verified="yes">
      <filename>dog.jpg</filename><size><width>100</width><height>50</height><depth>3</depth></size>
      <object><name>dog &amp; cat</name><difficult>1</difficult><bndbox><xmax>20</xmax><ymin>1</ymin><xmin>11</xmin><ymax>5</ymax></bndbox></object>
      <object><name>person</name><bndbox><xmin>1.5</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox>
        <part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part></object>
    </annotation>`;
    await writeFile(join(folder, 'dog.xml'), xml);
    await writeFile(join(folder, 'empty.xml'), '<annotation/>');
    expect(await readBoxes(folder)).toEqual(
      new Map([
        [
          'dog',
          [
            { label: 'dog & cat', left: 10, top: 0, right: 20, bottom: 5, difficult: true },
            { label: 'person', left: 0.5, top: 1, right: 3, bottom: 4, difficult: false },
          ],
        ],
        ['empty', []],
      ]),
    );
  });

  it('reads a CSV', async () => {
    const file = join(folder, 'boxes.csv');
    await writeFile(
      file,
      'file,class,left,top,right,bottom,difficult\r\na.jpg,face,1,2,3.5,4\n"a.jpg",2,0,0,1,1,1\nb.png\n',
    );
    expect(await readBoxes(file)).toEqual(
      new Map([
        [
          'a',
          [
            { label: 'face', left: 1, top: 2, right: 3.5, bottom: 4, difficult: false },
            { label: '2', left: 0, top: 0, right: 1, bottom: 1, difficult: true },
          ],
        ],
        ['b', []],
      ]),
    );
  });

  it.each(['a.jpg,face,1,2,3', 'a.jpg,face,3,2,1,4', 'a.jpg,face,1,2,x,4', 'a.jpg,,1,2,3,4', 'a.jpg,face,1,2,3,4,5'])(
    'refuses the line %s with its number',
    async (line) => {
      const file = join(folder, 'boxes.csv');
      await writeFile(file, `file,class,left,top,right,bottom\n\n${line}\n`);
      await expect(readBoxes(file)).rejects.toMatchObject({ code: 'evaluation.boxes', location: { file, line: 3 } });
    },
  );

  it.each([
    '<annotation><object></annotation>',
    '<annotation><object/></annotation>',
    '<a></a>',
    '',
    '<annotation',
    '<annotation></annotation><b/>',
    '<annotation><object><name>d</name><bndbox><xmin>5</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>',
  ])('refuses the annotation %s by name', async (xml) => {
    const file = join(folder, 'dog.xml');
    await writeFile(file, xml);
    await expect(readBoxes(folder)).rejects.toMatchObject({ code: 'evaluation.boxes', location: { file } });
  });

  it('says so where there is nothing', async () => {
    await expect(readBoxes(folder)).rejects.toMatchObject({ code: 'evaluation.boxes' });
    await expect(readBoxes(join(folder, 'none'))).rejects.toMatchObject({ code: 'file.read' });
  });
});

it('parseXml keeps text in its place', () => {
  expect(parseXml('<a x="1>2">p<b/><![CDATA[<q>]]></a>')).toEqual({
    name: 'a',
    text: 'p<q>',
    children: [{ name: 'b', text: '', children: [] }],
  });
});
