import { readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { CortadoError } from '../../common/errors.ts';
import { readInputFile } from '../../common/read-input.ts';
import { childOf, parseXml, textOf, type XmlElement } from './xml.ts';

/** An object in a picture, in pixels: edges, so that right - left is its width. */
export interface PixelBox {
  /** A class's name or its number. */
  readonly label: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly difficult: boolean;
}

/** Objects by picture, its name being that of its file without folder and ending. */
export type BoxFile = ReadonlyMap<string, readonly PixelBox[]>;

/**
 * Reads which objects pictures show, from
 * - a folder of Pascal VOC annotations, an .xml of the picture's name each (pixels counted from 1, both ends included; `difficult`
 *   and `object` as there, parts of objects are left out); one without objects says that there is none;
 * - or a CSV with the header `file,class,left,top,right,bottom` and perhaps `,difficult`: edges in pixels from the picture's left
 *   and top, a line an object; a line with the file alone says that there is none.
 *
 * Errors: `file.read`, `evaluation.boxes` with file and line.
 */
export async function readBoxes(path: string): Promise<BoxFile> {
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
  return isFolder
    ? readFolder(path)
    : parseBoxes(new TextDecoder().decode(await readInputFile(path, 'The box file')), path);
}

async function readFolder(folder: string): Promise<BoxFile> {
  const names = (await readdir(folder)).filter((name) => name.toLowerCase().endsWith('.xml')).sort();
  if (names.length === 0) {
    throw new CortadoError('evaluation.boxes', 'There is no .xml annotation in the folder.', usage, {
      location: { file: folder },
    });
  }
  const boxes = new Map<string, readonly PixelBox[]>();
  for (const name of names) {
    const file = join(folder, name);
    boxes.set(
      parse(name).name,
      parseAnnotation(new TextDecoder().decode(await readInputFile(file, 'The annotation')), file),
    );
  }
  return boxes;
}

function parseAnnotation(xml: string, file: string): readonly PixelBox[] {
  try {
    const root = parseXml(xml);
    if (root.name !== 'annotation') throw new SyntaxError(`it begins with <${root.name}>, not with <annotation>`);
    return root.children.filter(({ name }) => name === 'object').map(annotatedObject);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new CortadoError('evaluation.boxes', `The file is no annotation of Pascal VOC: ${cause.message}.`, usage, {
      location: { file },
      cause,
    });
  }
}

function annotatedObject(object: XmlElement): PixelBox {
  const label = textOf(object, 'name');
  const edges = childOf(object, 'bndbox');
  const [xmin, ymin, xmax, ymax] = ['xmin', 'ymin', 'xmax', 'ymax'].map((name) => numberOf(textOf(edges, name) ?? ''));
  if (label === undefined || label === '' || ![xmin, ymin, xmax, ymax].every(Number.isFinite)) {
    throw new SyntaxError('an <object> has no <name> or no <bndbox> with four numbers');
  }
  if (xmax < xmin || ymax < ymin) throw new SyntaxError(`the box of ${label} has its edges the wrong way round`);
  const difficult = textOf(object, 'difficult') === '1';
  return { label, left: xmin - 1, top: ymin - 1, right: xmax, bottom: ymax, difficult };
}

const usage =
  'Give a folder of Pascal VOC annotations (.xml), or a CSV with the header file,class,left,top,right,bottom[,difficult].';

function parseBoxes(text: string, file: string): BoxFile {
  const boxes = new Map<string, PixelBox[]>();
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '' || (index === 0 && /^file\s*,/i.test(line))) return;
    const cells = line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    const [name, label = '', ...rest] = cells;
    const of = boxes.get(parse(name).name) ?? [];
    boxes.set(parse(name).name, of);
    if (cells.slice(1).every((cell) => cell === '')) return;
    const [left, top, right, bottom] = rest.slice(0, 4).map(numberOf);
    const difficult = rest[4] ?? '';
    const isWhole = [left, top, right, bottom].every(Number.isFinite) && ['', '0', '1'].includes(difficult);
    if (name === '' || label === '' || rest.length < 4 || rest.length > 5 || !isWhole || right < left || bottom < top) {
      throw new CortadoError(
        'evaluation.boxes',
        'The line is not a file, a class and the four edges of a box.',
        usage,
        {
          location: { file, line: index + 1 },
        },
      );
    }
    of.push({ label, left, top, right, bottom, difficult: difficult === '1' });
  });
  return boxes;
}

/** NaN for what is no number, nothing included. */
function numberOf(text: string): number {
  return text === '' ? NaN : Number(text);
}
